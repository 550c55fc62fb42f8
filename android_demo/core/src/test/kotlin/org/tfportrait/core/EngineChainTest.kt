package org.tfportrait.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class EngineChainTest {
    private val contract = Export(MemoryFiles(), "model").contract
    private val truth = FloatArray(32 * 32) { if (it % 32 < 16) 0f else 0.75f }
    private val golden = Golden(
        Picture(32, 32), null, ByteArray(truth.size) { Math.rint(truth[it] * 256.0).toInt().toByte() }, "no hash",
        contract.files.first().tolerances,
    )

    private fun right() = RememberingEngine(32, truth, quantized = true)

    private fun wrong() = RememberingEngine(32, FloatArray(truth.size) { truth[(it + 2) % truth.size] }, quantized = true)

    private fun choice(name: String, gpu: Boolean = false, open: () -> Engine) = Choice(name, gpu, { golden }, open)

    @Test
    fun theFirstThatProvesItselfIsTaken() {
        val good = right()
        val opened = EngineChain.open(listOf(choice("GPU", gpu = true) { good }, choice("CPU") { right() }), contract)
        assertTrue(opened.engine === good)
        assertEquals(0, opened.index)
        assertEquals("fake", opened.describe())
        assertTrue(opened.proof!!.passed)
    }

    @Test
    fun whateverGoesWrongTheNextOneIsTakenAndTheFailureTold() {
        val failures = listOf<() -> Engine>(
            { throw UnsatisfiedLinkError("no libOpenCL.so") },
            { throw NoClassDefFoundError("GpuDelegateFactory") },
            { throw IllegalArgumentException("Internal error: Failed to apply delegate") },
            { RememberingEngine(16, quantized = true) },
            { RememberingEngine(32, truth, quantized = true, WITH_PRIOR) },
            ::wrong,
            { NanEngine(32) },
        )
        for (failure in failures) {
            val opened = EngineChain.open(listOf(choice("GPU", gpu = true, open = failure), choice("CPU") { right() }), contract)
            assertEquals(1, opened.index)
            assertTrue(opened.describe(), opened.describe().lines()[1].startsWith("GPU: "))
        }
    }

    @Test
    fun aSilentlyWrongEngineIsClosedAndCalledWrong() {
        val bad = wrong()
        val opened = EngineChain.open(listOf(choice("GPU", gpu = true) { bad }, choice("CPU") { right() }), contract)
        assertTrue(bad.closed)
        assertTrue(opened.describe(), "GPU: wrong result" in opened.describe())
    }

    @Test
    fun aFileAndItsContractHaveToAgreeOnThePreviousMask() {
        fun told(contract: Contract, channels: Int) = assertThrows(PortraitException::class.java) {
            EngineChain.open(listOf(choice("CPU") { RememberingEngine(32, truth, quantized = true, channels) }), contract)
        }.message
        assertEquals(
            "CPU: takes a fourth channel, and the contract has no \"prior\" to say what it is; copy the whole export again",
            told(contract, WITH_PRIOR),
        )
        assertEquals(
            "CPU: takes RGB alone, and the contract says that it takes the previous mask; copy the whole export again",
            told(Export(MemoryFiles("video/model"), "video/model").contract, 3),
        )
    }

    @Test
    fun theSelfTestGivesThePreviousMaskToo() {
        val export = Export(MemoryFiles("video/model"), "video/model")
        for ((name, quantized) in listOf("tiny_int8.tflite" to true, "tiny_float32.tflite" to false)) {
            val engine = RememberingEngine(32, quantized = quantized, channels = WITH_PRIOR)
            SelfTest.run(engine, export.golden(name)!!, export.contract, gpu = false)
            val prior = java.io.File(Vectors.folder, "video/model/golden/prior.gray").readBytes()
            assertEquals(prior.map { it.toInt() and 0xff }, engine.prior.map { it.toInt() })
            assertEquals(rgb(export.golden(name)!!.photo).toList(), engine.seen.toList())
        }
    }

    @Test
    fun ifNoneIsRightEveryFailureIsInTheSentence() {
        val problem = assertThrows(PortraitException::class.java) {
            EngineChain.open(listOf(choice("GPU") { throw UnsatisfiedLinkError("no library") }, choice("CPU") { wrong() }), contract)
        }
        assertTrue(problem.message, "GPU: UnsatisfiedLinkError: no library\nCPU: wrong result" in problem.message!!)
        assertThrows(PortraitException::class.java) { EngineChain.open(emptyList(), contract) }
    }

    @Test
    fun wantOfMemoryIsNotMistakenForABadEngine() {
        assertThrows(OutOfMemoryError::class.java) {
            EngineChain.open(listOf(choice("GPU") { throw OutOfMemoryError() }, choice("CPU") { right() }), contract)
        }
    }

    @Test
    fun withoutGoldenOutputARunIsEnough() {
        val opened = EngineChain.open(listOf(Choice("CPU", false, { null }, ::wrong)), contract)
        assertEquals(null, opened.proof)
    }

    @Test
    fun theOrderPutsTheGpuFirstAndTheCpuBehindIt() {
        fun order(file: String?, processor: Processor) = engineOrder(contract, file, processor).map { it.toString() }
        assertEquals(
            listOf("tiny_float32.tflite on GPU", "tiny_int8.tflite on CPU", "tiny_float32.tflite on CPU"),
            order(null, Processor.GPU),
        )
        assertEquals(listOf("tiny_int8.tflite on CPU", "tiny_float32.tflite on CPU"), order(null, Processor.CPU))
        assertEquals(
            listOf("tiny_int8.tflite on GPU", "tiny_int8.tflite on CPU"), order("tiny_int8.tflite", Processor.GPU),
        )
        assertEquals(emptyList<String>(), order("other.tflite", Processor.GPU))
    }

    @Test
    fun theSelfTestTellsExactFromNear() {
        val hash = sha256(java.nio.ByteBuffer.wrap(golden.expected))
        val exact = Golden(golden.photo, null, golden.expected, hash, golden.tolerances)
        assertTrue(SelfTest.run(right(), exact, contract, gpu = false).exact)
        val near = RememberingEngine(32, FloatArray(truth.size) { truth[it] + 1 / 256f }, quantized = true)
        val result = SelfTest.run(near, exact, contract, gpu = false)
        assertFalse(result.exact)
        assertTrue(result.passed)
        assertEquals(1 / 256.0, result.meanDifference, 1e-9)
        assertEquals(1.0, result.labelAgreement, 0.0)
    }
}

/** What a GPU gives that overflows. */
private class NanEngine(size: Int) : Engine by RememberingEngine(size, FloatArray(size * size) { Float.NaN })
