package org.tfportrait.core

import java.nio.ByteBuffer

/** One loaded network: the only seam to whatever runs it. Created, run and closed on one thread. */
interface Engine : AutoCloseable {
    /** Side of the square that it takes and gives. */
    val size: Int

    /** Of its input: 3, RGB, or [WITH_PRIOR], with the previous mask behind them. */
    val channels: Int

    /** Whether input and output are uint8; else float32. */
    val quantized: Boolean

    /** A uint8 output q stands for scale * (q - zeroPoint). */
    val outputScale: Float
    val outputZeroPoint: Int

    /** What really runs it, in words for the screen: "CPU, XNNPACK took 102 of 104 operations, 1 thread". */
    val description: String

    /** (size, size, channels) 0..255 -> (size, size) probability, as direct buffers in native byte order. */
    fun run(input: ByteBuffer, output: ByteBuffer)
}

/** The channels of an engine that takes the previous mask, times 255, as a fourth one. */
const val WITH_PRIOR = 4

/** Input and output buffers of an engine, and the way in and out of its number format. The previous mask starts empty. */
internal class EngineBuffers(private val engine: Engine) {
    private val count = engine.size * engine.size
    private val channels = engine.channels
    private val bytesEach = if (engine.quantized) 1 else 4
    private val input = direct(channels * count * bytesEach)
    val output = direct(count * bytesEach)
    private val bytes = ByteArray(if (engine.quantized) channels * count else 0)
    private val floats = FloatArray(if (engine.quantized) 0 else channels * count)
    private val floatInput = input.asFloatBuffer()
    private val floatOutput = output.asFloatBuffer()
    private val raw = ByteArray(if (engine.quantized) count else 0)

    /** Red, green and blue of a pixel; its previous mask stays. */
    fun put(index: Int, pixel: Int) {
        val at = channels * index
        if (engine.quantized) {
            bytes[at] = red(pixel).toByte()
            bytes[at + 1] = green(pixel).toByte()
            bytes[at + 2] = blue(pixel).toByte()
        } else {
            floats[at] = red(pixel).toFloat()
            floats[at + 1] = green(pixel).toFloat()
            floats[at + 2] = blue(pixel).toFloat()
        }
    }

    /** The previous mask of a pixel, 0..255, for an engine that takes it. */
    fun putPrior(index: Int, value: Int) {
        val at = channels * index + WITH_PRIOR - 1
        if (engine.quantized) bytes[at] = value.toByte() else floats[at] = value.toFloat()
    }

    fun run(mask: FloatArray) {
        if (engine.quantized) {
            input.position(0)
            input.put(bytes)
        } else {
            floatInput.position(0)
            floatInput.put(floats)
        }
        input.position(0)
        output.position(0)
        engine.run(input, output)
        if (engine.quantized) {
            output.position(0)
            output.get(raw)
            for (i in mask.indices) mask[i] = ((raw[i].toInt() and 0xff) - engine.outputZeroPoint) * engine.outputScale
        } else {
            floatOutput.position(0)
            floatOutput.get(mask)
        }
    }

    private fun direct(size: Int) = ByteBuffer.allocateDirect(size).order(java.nio.ByteOrder.nativeOrder())
}
