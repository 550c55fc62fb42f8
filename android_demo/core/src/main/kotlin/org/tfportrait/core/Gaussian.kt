package org.tfportrait.core

/** A Gaussian blur of interleaved float channels; borders mirrored without repeating the edge. */
internal class Gaussian(private val width: Int, private val height: Int, private val channels: Int, sigma: Double, private val reach: Int) {
    private val kernel = FloatArray(reach + 1)
    private val padded = FloatArray((width + 2 * reach) * channels)
    private val widened = FloatArray(width * height * channels)
    private val line = FloatArray(width * channels)

    init {
        val half = DoubleArray(reach + 1) { Math.exp(-it * it / (2 * sigma * sigma)) }
        val sum = 2 * half.sum() - half[0]
        for (i in half.indices) kernel[i] = (half[i] / sum).toFloat()
    }

    /** In place. */
    fun blur(values: FloatArray) {
        val count = width * channels
        for (y in 0 until height) {
            pad(values, y * count)
            val middle = reach * channels
            start(padded, middle)
            for (k in 1..reach) addPairs(padded, middle - k * channels, padded, middle + k * channels, kernel[k])
            line.copyInto(widened, y * count)
        }
        for (y in 0 until height) {
            start(widened, y * count)
            for (k in 1..reach) {
                addPairs(widened, mirrored(y - k, height) * count, widened, mirrored(y + k, height) * count, kernel[k])
            }
            line.copyInto(values, y * count)
        }
    }

    private fun start(values: FloatArray, at: Int) {
        val line = line
        val weight = kernel[0]
        for (i in line.indices) line[i] = weight * values[at + i]
    }

    private fun addPairs(one: FloatArray, oneAt: Int, other: FloatArray, otherAt: Int, weight: Float) {
        val line = line
        for (i in line.indices) line[i] += weight * (one[oneAt + i] + other[otherAt + i])
    }

    private fun pad(values: FloatArray, start: Int) {
        values.copyInto(padded, reach * channels, start, start + width * channels)
        for (x in 1..reach) {
            val left = start + mirrored(-x, width) * channels
            val right = start + mirrored(width - 1 + x, width) * channels
            values.copyInto(padded, (reach - x) * channels, left, left + channels)
            values.copyInto(padded, (reach + width - 1 + x) * channels, right, right + channels)
        }
    }

    private fun mirrored(index: Int, count: Int): Int {
        if (count == 1) return 0
        val place = Math.floorMod(index, 2 * count - 2)
        return minOf(place, 2 * count - 2 - place)
    }
}
