package org.tfportrait.core

/**
 * A Gaussian blur of planes of floats; borders mirrored without repeating the edge.
 *
 * Both passes are sums of pairs in one long array, a step of 1 or of a row apart. Blocks are copied before they are summed:
 * loops over arrays at one and the same index become SIMD, others do not.
 */
internal class Gaussian(private val width: Int, private val height: Int, sigma: Double, private val reach: Int) {
    private val kernel = FloatArray(reach + 1)
    private val wideRow = width + 2 * reach
    private val wide = FloatArray(wideRow * height) // each row with mirrored borders left and right
    private val wideSums = FloatArray(wide.size)
    private val tall = FloatArray(width * (height + 2 * reach)) // with mirrored rows above and below
    private val tallSums = FloatArray(tall.size)
    private val one = FloatArray(BLOCK)
    private val other = FloatArray(BLOCK)
    private val sums = FloatArray(BLOCK)

    init {
        val half = DoubleArray(reach + 1) { Math.exp(-it * it / (2 * sigma * sigma)) }
        val sum = 2 * half.sum() - half[0]
        for (i in half.indices) kernel[i] = (half[i] / sum).toFloat()
    }

    /** In place. */
    fun blur(plane: FloatArray) {
        for (y in 0 until height) widen(plane, y * width, y * wideRow + reach)
        sum(wide, 1, wideSums)
        for (y in -reach until height + reach) {
            val start = mirrored(y, height) * wideRow + reach
            wideSums.copyInto(tall, (y + reach) * width, start, start + width)
        }
        sum(tall, width, tallSums)
        tallSums.copyInto(plane, 0, reach * width, (reach + height) * width)
    }

    private fun widen(plane: FloatArray, from: Int, to: Int) {
        plane.copyInto(wide, to, from, from + width)
        for (x in 1..reach) {
            wide[to - x] = plane[from + mirrored(-x, width)]
            wide[to + width - 1 + x] = plane[from + mirrored(width - 1 + x, width)]
        }
    }

    /** The weighted sums of values up to [reach] steps away, wherever [source] has them all. */
    private fun sum(source: FloatArray, step: Int, into: FloatArray) {
        val end = source.size - reach * step
        var start = reach * step
        while (start < end) { // a range with a step would be an object
            val count = minOf(BLOCK, end - start)
            weigh(source, start, count)
            for (k in 1..reach) addPairs(source, start - k * step, start + k * step, count, kernel[k])
            sums.copyInto(into, start, 0, count)
            start += BLOCK
        }
    }

    private fun weigh(source: FloatArray, start: Int, count: Int) {
        val sums = sums
        val weight = kernel[0]
        source.copyInto(sums, 0, start, start + count)
        for (x in sums.indices) sums[x] *= weight
    }

    private fun addPairs(source: FloatArray, oneAt: Int, otherAt: Int, count: Int, weight: Float) {
        val sums = sums
        val one = one
        val other = other
        source.copyInto(one, 0, oneAt, oneAt + count)
        source.copyInto(other, 0, otherAt, otherAt + count)
        for (x in sums.indices) sums[x] += weight * (one[x] + other[x])
    }

    private fun mirrored(index: Int, count: Int): Int {
        if (count == 1) return 0
        val place = Math.floorMod(index, 2 * count - 2)
        return minOf(place, 2 * count - 2 - place)
    }

    private companion object {
        const val BLOCK = 1024
    }
}
