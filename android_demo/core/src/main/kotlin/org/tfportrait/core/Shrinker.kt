package org.tfportrait.core

/**
 * Averages areas: first down, where rows are summed as they lie in memory, then across.
 *
 * Tables and rows are allocated once; one instance belongs to one thread.
 */
internal class Shrinker(private val sourceWidth: Int, sourceHeight: Int, val width: Int, val height: Int) {
    private val across = AreaAxis(sourceWidth, width)
    private val down = AreaAxis(sourceHeight, height)
    private val reds = IntArray(sourceWidth) // one new row, still at the source's width: exact sums
    private val greens = IntArray(sourceWidth)
    private val blues = IntArray(sourceWidth)
    private val line = FloatArray(sourceWidth)
    private val scale = 1.0 / (across.total.toDouble() * down.total)
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
            for (x in 0 until width) {
                val red = round(average(reds, x), pixels, x, y, 16)
                val green = round(average(greens, x), pixels, x, y, 8)
                val blue = round(average(blues, x), pixels, x, y, 0)
                into[y * width + x] = OPAQUE or (red shl 16) or (green shl 8) or blue
            }
        }
    }

    /** To the nearest byte. What lies halfway is rounded as OpenCV does, or an int8 network would see another photo. */
    private fun round(value: Double, pixels: IntArray, x: Int, y: Int, shift: Int): Int {
        val below = value.toInt()
        val rest = value - below
        return when {
            rest < 0.5 - CLOSE -> below
            rest > 0.5 + CLOSE || halved -> below + 1
            whole -> below + (below and 1) // to the even one
            else -> Math.rint(floatAverage(pixels, x, y, shift).toDouble()).toInt()
        }
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

    private fun addRow(pixels: IntArray, start: Int, weight: Int) { // three loops, since each of them becomes SIMD
        val reds = reds
        val greens = greens
        val blues = blues
        for (x in reds.indices) reds[x] += weight * (pixels[start + x] shr 16 and 0xff)
        for (x in greens.indices) greens[x] += weight * (pixels[start + x] shr 8 and 0xff)
        for (x in blues.indices) blues[x] += weight * (pixels[start + x] and 0xff)
    }

    private fun average(sums: IntArray, x: Int): Double {
        val first = across.first[x]
        val last = across.last[x]
        var whole = 0L
        for (i in first until last) whole += sums[i]
        var sum = across.part * whole
        if (across.head[x] > 0) sum += across.head[x] * sums[first - 1].toLong()
        if (across.tail[x] > 0) sum += across.tail[x] * sums[last].toLong()
        return sum * scale
    }

    /** One channel of floats, not rounded. */
    fun plane(values: FloatArray, into: FloatArray) {
        val part = 1f / down.total
        for (y in 0 until height) {
            line.fill(0f)
            val first = down.first[y]
            val last = down.last[y]
            if (down.head[y] > 0) addRow(values, (first - 1) * sourceWidth, down.head[y] * part)
            for (row in first until last) addRow(values, row * sourceWidth, down.part * part)
            if (down.tail[y] > 0) addRow(values, last * sourceWidth, down.tail[y] * part)
            for (x in 0 until width) into[y * width + x] = average(line, x)
        }
    }

    private fun addRow(values: FloatArray, start: Int, weight: Float) {
        val line = line
        for (x in line.indices) line[x] += weight * values[start + x]
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
        const val CLOSE = 1e-3 // more than float32 sums of bytes are wrong by
    }
}
