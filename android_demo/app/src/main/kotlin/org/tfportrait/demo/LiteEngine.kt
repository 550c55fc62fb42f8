package org.tfportrait.demo

import org.tensorflow.lite.DataType
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.Interpreter
import org.tfportrait.core.Engine
import org.tfportrait.core.PortraitException
import org.tfportrait.core.WITH_PRIOR
import java.io.File
import java.io.IOException
import java.nio.ByteBuffer

/**
 * A .tflite file in org.tensorflow.lite. No Android class is named here, so that a desktop JVM can run it too.
 *
 * [delegate]: a GPU, or null for the CPU with XNNPACK; it is closed with the engine. [operations]: of the graph, 0 if
 * unknown. The description tells what was found to run it, not what was asked for.
 */
class LiteEngine(
    private val model: ByteBuffer,
    private val name: String,
    private val operations: Int,
    private val threads: Int,
    private val delegate: Delegate?,
) : Engine {
    private val threadsBefore = namesakes()
    private val interpreter = open()
    private var workers = UNKNOWN // threads that the runtime started
    override val size: Int
    override val channels: Int
    override val quantized: Boolean
    override val outputScale: Float
    override val outputZeroPoint: Int

    init {
        val input = interpreter.getInputTensor(0)
        val output = interpreter.getOutputTensor(0)
        val shape = input.shape()
        size = shape.getOrElse(1) { 0 }
        channels = if (shape.lastOrNull() == WITH_PRIOR) WITH_PRIOR else 3
        quantized = input.dataType() == DataType.UINT8
        outputScale = output.quantizationParams().scale
        outputZeroPoint = output.quantizationParams().zeroPoint
        val problem = when {
            !shape.contentEquals(intArrayOf(1, size, size, channels)) || !output.shape().contentEquals(intArrayOf(1, size, size, 1)) ->
                "maps ${shape.contentToString()} to ${output.shape().contentToString()}; (1, S, S, 3 or 4) to (1, S, S, 1) is needed"
            input.dataType() != output.dataType() || !quantized && input.dataType() != DataType.FLOAT32 ->
                "maps ${input.dataType()} to ${output.dataType()}; float32 or uint8 on both sides is needed"
            else -> null
        }
        if (problem != null) {
            close()
            throw PortraitException("$name: $problem; export it with pipelines/quantize_export.py")
        }
    }

    override val description: String
        get() = "$name on ${if (delegate == null) "CPU" else "GPU"}: ${steps()}, ${threadsInWords()}"

    override fun run(input: ByteBuffer, output: ByteBuffer) {
        interpreter.run(input, output)
        if (workers == UNKNOWN && threadsBefore > 0) workers = maxOf(0, namesakes() - threadsBefore)
    }

    /** The delegate outlives the interpreter that uses it. */
    override fun close() {
        interpreter.close()
        (delegate as? AutoCloseable)?.close()
    }

    private fun open(): Interpreter = try {
        val options = Interpreter.Options().setNumThreads(threads).setUseXNNPACK(delegate == null)
        Interpreter(model, if (delegate == null) options else options.addDelegate(delegate))
    } catch (problem: IllegalArgumentException) {
        throw PortraitException("$name: damaged, or not for this runtime (${problem.message}); export it again", problem)
    }

    /** How many steps are left of the graph: a delegate makes one of everything that it takes. */
    private fun steps(): String {
        val left = executionPlan()
        val taker = if (delegate == null) "XNNPACK" else "the delegate"
        return when {
            left == null || operations == 0 -> "unknown whether $taker has the graph"
            2 * left <= operations -> "$taker has the graph ($operations operations in $left steps)"
            else -> "$taker has NOT taken the graph ($left steps of $operations): slow"
        }
    }

    /** Not public in this runtime, so asked for by reflection; null where that fails. */
    private fun executionPlan(): Int? = try {
        var type: Class<*>? = interpreter.javaClass
        while (type != null && type.declaredMethods.none { it.name == "getExecutionPlanLength" }) type = type.superclass
        type?.getDeclaredMethod("getExecutionPlanLength")?.apply { isAccessible = true }?.invoke(interpreter) as? Int
    } catch (problem: ReflectiveOperationException) {
        null
    }

    private fun threadsInWords(): String = when {
        delegate != null -> "threads do not matter"
        workers == UNKNOWN -> "threads unknown ($threads asked for)"
        else -> "${workers + 1} ${if (workers == 0) "thread" else "threads"} ($threads asked for)"
    }

    private companion object {
        const val UNKNOWN = -1

        /** Threads with the name of this one, 0 if that cannot be seen: native code's threads inherit their maker's. */
        fun namesakes(): Int = try {
            val mine = File("/proc/thread-self/comm").readText()
            File("/proc/self/task").listFiles().orEmpty().count { nameOf(it) == mine }
        } catch (problem: IOException) {
            0
        }

        private fun nameOf(task: File): String = try {
            File(task, "comm").readText()
        } catch (ended: IOException) {
            ""
        }
    }
}
