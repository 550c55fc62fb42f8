package org.tfportrait.core

/**
 * Averages areas: first down, where rows are summed as they lie in memory, then across.
 *
 * Tables and rows are allocated once; one instance belongs to one thread. Rows are copied before they are summed: loops
 * over arrays at one and the same index become SIMD, others do not.
 */
internal class Shrinker(private val sourceWidth: Int, sourceHeight: Int, val width: Int, val height: Int) {
    private val across = AreaAxis(sourceWidth, width)
    private val down = AreaAxis(sourceHeight, height)
    private val row = IntArray(sourceWidth)
    private val reds = IntArray(sourceWidth + 1) // one new row, still at the source's width: exact sums, and a 0
    private val greens = IntArray(sourceWidth + 1)
    private val blues = IntArray(sourceWidth + 1)
    private val redsBefore = LongArray(sourceWidth + 1) // the same, summed up from the left
    private val greensBefore = LongArray(sourceWidth + 1)
    private val bluesBefore = LongArray(sourceWidth + 1)
    private val values = FloatArray(sourceWidth)
    private val line = FloatArray(sourceWidth)
    private val cells = across.total.toDouble() * down.total // what the weights of one new pixel sum up to
    private val scale = Math.round(ONE / cells)
    private val whole = across.part == 1 && down.part == 1
    private val halved = whole && across.total == 2 && down.total == 2

    /** [pixels] -> [into], both row by row; each channel rounded. */
    fun pictures(pixels: IntArray, into: IntArray) {
        for (y in 0 until height) {
            reds.fill(0)
            greens.fill(0)
            blues.fill(0)
            val first = down.first[y]
            val last = down.last[y]
            if (down.head[y] > 0) addRow(pixels, (first - 1) * sourceWidth, down.head[y])
            for (row in first until last) addRow(pixels, row * sourceWidth, down.part)
            if (down.tail[y] > 0) addRow(pixels, last * sourceWidth, down.tail[y])
            sumUp()
            averages(pixels, y, into)
        }
    }

    private fun addRow(pixels: IntArray, start: Int, weight: Int) {
        val row = row
        val reds = reds
        val greens = greens
        val blues = blues
        pixels.copyInto(row, 0, start, start + row.size)
        for (x in row.indices) reds[x] += weight * (row[x] shr 16 and 0xff)
        for (x in row.indices) greens[x] += weight * (row[x] shr 8 and 0xff)
        for (x in row.indices) blues[x] += weight * (row[x] and 0xff)
    }

    private fun sumUp() {
        val reds = reds
        val greens = greens
        val blues = blues
        val redsBefore = redsBefore
        val greensBefore = greensBefore
        val bluesBefore = bluesBefore
        var red = 0L
        var green = 0L
        var blue = 0L
        for (x in reds.indices) {
            redsBefore[x] = red
            greensBefore[x] = green
            bluesBefore[x] = blue
            red += reds[x]
            green += greens[x]
            blue += blues[x]
        }
    }

    /** New row [y]. All that lies left of a new pixel's end, less all that lies left of its start, is its sum. */
    private fun averages(pixels: IntArray, y: Int, into: IntArray) {
        val last = across.last
        val tail = across.tail
        val part = across.part
        val reds = reds
        val greens = greens
        val blues = blues
        val redsBefore = redsBefore
        val greensBefore = greensBefore
        val bluesBefore = bluesBefore
        var red = 0L
        var green = 0L
        var blue = 0L
        for (x in 0 until width) {
            val to = last[x]
            val rest = tail[x]
            val redEnd = part * redsBefore[to] + rest * reds[to]
            val greenEnd = part * greensBefore[to] + rest * greens[to]
            val blueEnd = part * bluesBefore[to] + rest * blues[to]
            into[y * width + x] = OPAQUE or
                (round(redEnd - red, pixels, x, y, 16) shl 16) or
                (round(greenEnd - green, pixels, x, y, 8) shl 8) or
                round(blueEnd - blue, pixels, x, y, 0)
            red = redEnd
            green = greenEnd
            blue = blueEnd
        }
    }

    /** [sum] / [cells] to the nearest byte, in fixed point: for what is not close to halfway it is precise enough. */
    private fun round(sum: Long, pixels: IntArray, x: Int, y: Int, shift: Int): Int {
        val raised = sum * scale + HALF
        val rest = raised and ONE - 1
        if (rest > CLOSE && rest < ONE - CLOSE) return (raised ushr BITS).toInt() // nearly always: a cheap branch
        return halfway(sum, pixels, x, y, shift)
    }

    /** What lies halfway is rounded as OpenCV does, or an int8 network would see another photo. */
    private fun halfway(sum: Long, pixels: IntArray, x: Int, y: Int, shift: Int): Int = when {
        halved -> (sum / cells + 0.5).toInt()
        whole -> Math.rint(sum / cells).toInt()
        else -> Math.rint(floatAverage(pixels, x, y, shift).toDouble()).toInt()
    }

    /** One channel of one new pixel as sums in float32, across and then down, which may miss the half by a hair. */
    private fun floatAverage(pixels: IntArray, x: Int, y: Int, shift: Int): Float {
        val firstRow = if (down.head[y] > 0) down.first[y] - 1 else down.first[y]
        val lastRow = if (down.tail[y] > 0) down.last[y] else down.last[y] - 1
        val first = if (across.head[x] > 0) across.first[x] - 1 else across.first[x]
        val last = if (across.tail[x] > 0) across.last[x] else across.last[x] - 1
        var sum = 0f
        for (row in firstRow..lastRow) {
            var rowSum = 0f
            for (column in first..last) {
                rowSum += across.weight(x, column) * (pixels[row * sourceWidth + column] shr shift and 0xff)
            }
            sum += down.weight(y, row) * rowSum
        }
        return sum
    }

    /** One channel of floats, not rounded. */
    fun plane(source: FloatArray, into: FloatArray) {
        val part = 1f / down.total
        for (y in 0 until height) {
            line.fill(0f)
            val first = down.first[y]
            val last = down.last[y]
            if (down.head[y] > 0) addRow(source, (first - 1) * sourceWidth, down.head[y] * part)
            for (row in first until last) addRow(source, row * sourceWidth, down.part * part)
            if (down.tail[y] > 0) addRow(source, last * sourceWidth, down.tail[y] * part)
            for (x in 0 until width) into[y * width + x] = average(line, x)
        }
    }

    private fun addRow(source: FloatArray, start: Int, weight: Float) {
        val values = values
        val line = line
        source.copyInto(values, 0, start, start + values.size)
        for (x in values.indices) line[x] += weight * values[x]
    }

    private fun average(values: FloatArray, x: Int): Float {
        val first = across.first[x]
        val last = across.last[x]
        var sum = 0f
        for (i in first until last) sum += values[i]
        sum *= across.part
        if (across.head[x] > 0) sum += across.head[x] * values[first - 1]
        if (across.tail[x] > 0) sum += across.tail[x] * values[last]
        return sum / across.total
    }

    private companion object {
        const val BITS = 54 // with 8 before the point, and the sign
        const val ONE = 1L shl BITS
        const val HALF = ONE / 2
        const val CLOSE = ONE / 1000 // more than float32 sums of bytes are wrong by
    }
}
