package org.tfportrait.core

import java.nio.ByteBuffer

/** An engine that keeps its input and gives [answer], or 0 everywhere. */
open class RememberingEngine(
    override val size: Int,
    private val answer: FloatArray = FloatArray(size * size),
    override val quantized: Boolean = false,
    override val channels: Int = 3,
) : Engine {
    override val outputScale = if (quantized) 1 / 256f else 0f
    override val outputZeroPoint = 0
    override val description = "fake"
    private val input = FloatArray(channels * size * size)
    private val priors = FloatArray(size * size)
    var closed = false

    /** The last input, RGB 0..255. */
    val seen: DoubleArray
        get() = DoubleArray(3 * size * size) { input[it / 3 * channels + it % 3].toDouble() }

    /** The last previous mask, 0..255. */
    val prior: FloatArray
        get() = priors.also { for (i in it.indices) it[i] = input[channels * i + 3] }

    override fun run(input: ByteBuffer, output: ByteBuffer) {
        check(!closed) { "closed" }
        for (i in this.input.indices) {
            this.input[i] = if (quantized) (input.get(i).toInt() and 0xff).toFloat() else input.getFloat(4 * i)
        }
        for (i in answer.indices) {
            val value = answer(i)
            if (quantized) output.put(i, Math.rint(value * 256.0).toInt().coerceAtMost(255).toByte())
            else output.putFloat(4 * i, value)
        }
    }

    /** The answer of pixel [i] to the input at hand. */
    open fun answer(i: Int): Float = answer[i]

    /** Channel [c] of pixel [i] of the input at hand. */
    fun input(i: Int, c: Int): Float = input[channels * i + c]

    override fun close() {
        closed = true
    }
}

/** The worst network with a prior: bright is person, and so is whoever was. */
class TrailEngine(size: Int, quantized: Boolean = false) : RememberingEngine(size, quantized = quantized, channels = WITH_PRIOR) {
    override fun answer(i: Int): Float = if (input(i, 0) > 190) 1f else input(i, 3) / 255f
}

/** One without a prior that is never sure: half of what is said in the end is the smoothing's. */
class UnsureEngine(size: Int) : RememberingEngine(size) {
    override fun answer(i: Int): Float = if (input(i, 0) > 190) 0.7f else 0.3f
}
