package org.tfportrait.core

/** What an engine made of the golden photo. Times are of whole runs, input and output included. */
class SelfTestResult(
    val engine: String,
    val exact: Boolean,
    val labelAgreement: Double,
    val meanDifference: Double,
    val tolerance: Tolerance,
    val milliseconds: Double,
    val slowMilliseconds: Double,
) {
    val passed: Boolean
        get() = labelAgreement >= tolerance.labelAgreement && meanDifference <= tolerance.meanDifference

    override fun toString(): String {
        val verdict = if (passed) "passed" else "FAILED"
        val how = if (exact) "bit for bit equal to Python" else "labels agree to %.3f %%, mean difference %.5f".format(
            java.util.Locale.ROOT, 100 * labelAgreement, meanDifference,
        )
        val time = "%.1f ms (half of the runs), %.1f ms (nine of ten)".format(
            java.util.Locale.ROOT, milliseconds, slowMilliseconds,
        )
        return "$verdict: $how\n$engine\n$time"
    }
}

/** Holds an engine against the golden output that quantize_export.py wrote. */
object SelfTest {
    fun run(engine: Engine, golden: Golden, contract: Contract, gpu: Boolean, runs: Int = 1): SelfTestResult {
        val buffers = EngineBuffers(engine)
        val mask = FloatArray(engine.size * engine.size)
        for (i in mask.indices) buffers.put(i, golden.photo.pixels[i])
        golden.prior?.forEachIndexed { i, value -> buffers.putPrior(i, value.toInt() and 0xff) }
        val latency = Latency(runs)
        repeat(runs) {
            val started = System.nanoTime()
            buffers.run(mask)
            latency.add(System.nanoTime() - started)
        }
        val expected = expectedOf(engine, golden)
        val labels = mask.indices.count { (mask[it] > contract.threshold) == (expected[it] > contract.threshold) }
        // The sum is NaN where an engine gives NaN, and then no comparison holds.
        val difference = mask.indices.sumOf { Math.abs(mask[it] - expected[it]).toDouble() } / mask.size
        val output = buffers.output.duplicate().apply { position(0) }
        return SelfTestResult(
            engine.description,
            sha256(output) == golden.sha256,
            labels / mask.size.toDouble(),
            difference,
            if (gpu) golden.tolerances.gpu else golden.tolerances.cpu,
            latency.milliseconds(50),
            latency.milliseconds(90),
        )
    }

    private fun expectedOf(engine: Engine, golden: Golden): FloatArray =
        if (engine.quantized) {
            FloatArray(golden.expected.size) {
                ((golden.expected[it].toInt() and 0xff) - engine.outputZeroPoint) * engine.outputScale
            }
        } else {
            floats(golden.expected)
        }
}
