package org.tfportrait.core

/**
 * A Gaussian blur of planes of floats; borders mirrored without repeating the edge.
 *
 * Rows are copied before they are summed: loops over arrays at one and the same index become SIMD, others do not.
 */
internal class Gaussian(private val width: Int, private val height: Int, sigma: Double, private val reach: Int) {
    private val kernel = FloatArray(reach + 1)
    private val padded = FloatArray(width + 2 * reach)
    private val between = FloatArray(width * height)
    private val one = FloatArray(width)
    private val other = FloatArray(width)
    private val line = FloatArray(width)

    init {
        val half = DoubleArray(reach + 1) { Math.exp(-it * it / (2 * sigma * sigma)) }
        val sum = 2 * half.sum() - half[0]
        for (i in half.indices) kernel[i] = (half[i] / sum).toFloat()
    }

    /** In place. */
    fun blur(plane: FloatArray) {
        for (y in 0 until height) {
            pad(plane, y * width)
            start(padded, reach)
            for (k in 1..reach) addPairs(padded, reach - k, reach + k, kernel[k])
            line.copyInto(between, y * width)
        }
        for (y in 0 until height) {
            start(between, y * width)
            for (k in 1..reach) addPairs(between, mirrored(y - k, height) * width, mirrored(y + k, height) * width, kernel[k])
            line.copyInto(plane, y * width)
        }
    }

    private fun start(values: FloatArray, at: Int) {
        val line = line
        val weight = kernel[0]
        values.copyInto(line, 0, at, at + width)
        for (x in line.indices) line[x] *= weight
    }

    private fun addPairs(values: FloatArray, oneAt: Int, otherAt: Int, weight: Float) {
        val line = line
        val one = one
        val other = other
        values.copyInto(one, 0, oneAt, oneAt + width)
        values.copyInto(other, 0, otherAt, otherAt + width)
        for (x in line.indices) line[x] += weight * (one[x] + other[x])
    }

    private fun pad(plane: FloatArray, start: Int) {
        plane.copyInto(padded, reach, start, start + width)
        for (x in 1..reach) {
            padded[reach - x] = plane[start + mirrored(-x, width)]
            padded[reach + width - 1 + x] = plane[start + mirrored(width - 1 + x, width)]
        }
    }

    private fun mirrored(index: Int, count: Int): Int {
        if (count == 1) return 0
        val place = Math.floorMod(index, 2 * count - 2)
        return minOf(place, 2 * count - 2 - place)
    }
}
