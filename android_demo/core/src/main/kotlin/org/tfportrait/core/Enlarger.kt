package org.tfportrait.core

/** Interpolates linearly. Tables and rows are allocated once; one instance belongs to one thread. */
internal class Enlarger(private val sourceWidth: Int, sourceHeight: Int, val width: Int, val height: Int) {
    private val across = LinearAxis(sourceWidth, width)
    private val down = LinearAxis(sourceHeight, height)
    private var upper = FloatArray(3 * width) // two widened source rows
    private var lower = FloatArray(3 * width)
    private var upperOf = -1
    private var lowerOf = -1
    private val row = FloatArray(3 * width)

    /** [pixels] -> [into], both row by row; each channel rounded. */
    fun pictures(pixels: IntArray, into: IntArray) {
        rows(3, { y, line -> widen(pixels, y * sourceWidth, line) }) { y, values ->
            for (x in 0 until width) {
                into[y * width + x] = OPAQUE or (roundToByte(values[3 * x]) shl 16) or
                    (roundToByte(values[3 * x + 1]) shl 8) or roundToByte(values[3 * x + 2])
            }
        }
    }

    /** One channel of floats out of rows [stride] values apart, the first at [offset]; not rounded. */
    fun plane(values: FloatArray, offset: Int, stride: Int, into: FloatArray) {
        rows(1, { y, line -> widen(values, offset + y * stride, line) }) { y, made ->
            made.copyInto(into, y * width, 0, width)
        }
    }

    /** Gives each new row of one or three interleaved channels to [take]; [widen] fills a line from a source row. */
    inline fun rows(channels: Int, widen: (Int, FloatArray) -> Unit, take: (Int, FloatArray) -> Unit) {
        upperOf = -1
        lowerOf = -1
        for (y in 0 until height) {
            val first = down.first[y]
            val second = down.second[y]
            if (upperOf != first) {
                if (lowerOf == first) swap() else widen(first, upper)
                upperOf = first
            }
            if (lowerOf != second) {
                widen(second, lower)
                lowerOf = second
            }
            blend(down.weight[y], channels * width)
            take(y, row)
        }
    }

    fun swap() {
        val line = upper
        upper = lower
        lower = line
        lowerOf = -1
    }

    fun blend(weight: Float, count: Int) {
        val upper = upper
        val lower = lower
        val row = row
        val rest = 1 - weight
        for (i in 0 until count) row[i] = rest * upper[i] + weight * lower[i]
    }

    private fun widen(pixels: IntArray, start: Int, line: FloatArray) {
        for (x in 0 until width) {
            val left = pixels[start + across.first[x]]
            val right = pixels[start + across.second[x]]
            val weight = across.weight[x]
            val rest = 1 - weight
            line[3 * x] = rest * red(left) + weight * red(right)
            line[3 * x + 1] = rest * green(left) + weight * green(right)
            line[3 * x + 2] = rest * blue(left) + weight * blue(right)
        }
    }

    fun widen(values: FloatArray, start: Int, line: FloatArray) {
        for (x in 0 until width) {
            val weight = across.weight[x]
            line[x] = (1 - weight) * values[start + across.first[x]] + weight * values[start + across.second[x]]
        }
    }

    /** Three interleaved channels. */
    fun widenColors(values: FloatArray, start: Int, line: FloatArray) {
        for (x in 0 until width) {
            val left = start + 3 * across.first[x]
            val right = start + 3 * across.second[x]
            val weight = across.weight[x]
            val rest = 1 - weight
            line[3 * x] = rest * values[left] + weight * values[right]
            line[3 * x + 1] = rest * values[left + 1] + weight * values[right + 1]
            line[3 * x + 2] = rest * values[left + 2] + weight * values[right + 2]
        }
    }
}
