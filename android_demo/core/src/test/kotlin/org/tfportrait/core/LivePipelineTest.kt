package org.tfportrait.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.util.Random

private const val FRAMES = 40
private const val ROUNDS = 5

class LivePipelineTest {
    private val size = 224
    private val mask = FloatArray(size * size) { at -> // an ellipse with a soft edge
        val x = (at % size - 112) / 60f
        val y = (at / size - 130) / 90f
        (3f - 2f * (x * x + y * y)).coerceIn(0f, 1f)
    }

    private fun pipeline(channels: Int = 3, answer: FloatArray = mask) =
        LivePipeline(Segmenter(RememberingEngine(size, answer, quantized = true, channels), Fit.STRETCH), Smoother(0.8f))

    @Test
    fun theFirstFramesOfACameraAreNotTrusted() {
        val pipeline = pipeline()
        val frame = frame(64, 48, 0)
        repeat(LivePipeline.UNTRUSTED) { assertNull(pipeline.process(frame, Effect.Blur(20))) }
        assertNotNull(pipeline.process(frame, Effect.Blur(20)))
        pipeline.restart()
        assertNull(pipeline.process(frame, Effect.Blur(20)))
    }

    @Test
    fun maskAndPictureAreTurnedAndMirroredTogether() {
        // A frame that is bright on one side; the engine says person where its input is bright.
        for (turn in listOf(0, 90, 180, 270)) for (mirror in listOf(false, true)) {
            val engine = BrightnessEngine(32)
            val pipeline = LivePipeline(Segmenter(engine, Fit.STRETCH))
            val bright = frame(64, 48, turn, mirror) { x, _ -> if (x < 32) 235 else 16 }
            repeat(LivePipeline.UNTRUSTED) { pipeline.process(bright, Effect.None) }
            val shown = pipeline.process(bright, Effect.None)!!.pixels.copyOf()
            val masked = pipeline.process(bright, Effect.Mask)!!
            val agree = shown.indices.count { (red(shown[it]) > 128) == (red(masked.pixels[it]) > 128) }
            assertTrue("turn $turn, mirror $mirror: $agree of ${shown.size} agree", agree > 0.97 * shown.size)
        }
    }

    @Test
    fun aHundredFramesAllocateLessThan100Kilobytes() {
        val effects = listOf(Effect.Blur(20), Effect.Color(0x203040), Effect.Background(Picture(40, 30)), Effect.Mask, Effect.None)
        // Two scenes by turns, which is a cut at each frame, and one that stays.
        val scenes = List(2) { scene -> frame(640, 480, 90, mirror = true) { x, _ -> if ((x < 320) == (scene == 0)) 16 else 235 } }
        val threads = ManagementFactory.getThreadMXBean() as com.sun.management.ThreadMXBean
        for (effect in effects) for (channels in listOf(3, WITH_PRIOR)) for (frames in listOf(scenes, scenes.take(1))) {
            val pipeline = pipeline(channels)
            repeat(LivePipeline.UNTRUSTED + 2) { pipeline.process(frames[it % frames.size], effect) }
            val before = threads.getThreadAllocatedBytes(Thread.currentThread().id)
            repeat(100) { pipeline.process(frames[it % frames.size], effect) }
            val allocated = threads.getThreadAllocatedBytes(Thread.currentThread().id) - before
            assertTrue("${effect.javaClass.simpleName}, $channels channels: $allocated bytes for 100 frames", allocated < 100_000)
        }
    }

    @Test
    fun everythingButTheNetworkTakesLittleTime() {
        for ((width, height) in listOf(1280 to 720, 640 to 480)) {
            val milliseconds = cpuOfAFrame(width, height)
            println("%dx%d, turned, mirrored, blurred, without the network: %.1f ms of CPU a frame".format(width, height, milliseconds))
            // Below 13 ms and 5 ms were measured; what fails here on any machine is a slip of the algorithm.
            assertTrue("$width x $height: $milliseconds ms", milliseconds < 100)
        }
    }

    /** The median of a round's frames, in the best of the rounds: others may be using the machine. One thread. */
    private fun cpuOfAFrame(width: Int, height: Int): Double {
        val pipeline = LivePipeline(Segmenter(IdleEngine(size, mask), Fit.STRETCH), Smoother(0.8f))
        val random = Random(3)
        val frame = frame(width, height, 90, mirror = true) { x, y -> 60 + x / 10 + y / 20 + random.nextInt(9) }
        repeat(150) { pipeline.process(frame, Effect.Blur(12)) } // until everything is compiled
        val threads = ManagementFactory.getThreadMXBean()
        return List(ROUNDS) {
            List(FRAMES) {
                val before = threads.currentThreadCpuTime
                pipeline.process(frame, Effect.Blur(12))
                threads.currentThreadCpuTime - before
            }.sorted()[FRAMES / 2] / 1e6
        }.min()
    }

    @Test
    fun theTimeOfTheFrameDecidesWhetherItsPredecessorHelps() {
        for ((milliseconds, helps) in listOf(40L to true, 500L to true, 501L to false, -1L to false)) {
            val engine = RememberingEngine(size, FloatArray(size * size) { 0.5f }, quantized = true, WITH_PRIOR)
            val pipeline = LivePipeline(Segmenter(engine, Fit.STRETCH))
            repeat(LivePipeline.UNTRUSTED + 1) { pipeline.process(frame(64, 48, 0), Effect.Mask) }
            pipeline.process(frame(64, 48, 0, nanoseconds = milliseconds * 1_000_000), Effect.Mask)
            assertTrue("$milliseconds ms", engine.prior.all { it == (if (helps) 128f else 0f) })
        }
    }

    @Test
    fun aFrameOfAnotherSizeIsTaken() {
        val pipeline = pipeline()
        repeat(LivePipeline.UNTRUSTED) { pipeline.process(frame(64, 48, 0), Effect.Mask) }
        assertEquals(64, pipeline.process(frame(64, 48, 0), Effect.Blur(20))!!.width)
        assertEquals(48, pipeline.process(frame(64, 48, 90), Effect.Blur(20))!!.width)
        assertEquals(31, pipeline.process(frame(31, 17, 0), Effect.Blur(20))!!.width)
    }

    @Test
    fun withoutEffectTheFramePassesAsItIs() {
        val frame = frame(64, 48, 0)
        val expected = Picture(64, 48)
        YuvConverter(64, 48).convert(frame.y, frame.u, frame.v, true, 0, false, expected)
        val pipeline = pipeline()
        repeat(LivePipeline.UNTRUSTED) { pipeline.process(frame, Effect.None) }
        assertArrayEquals(expected.pixels, pipeline.process(frame, Effect.None)!!.pixels)
    }
}

/** NV21 with padded rows; luma by position, or noise. */
fun frame(
    width: Int, height: Int, turn: Int, mirror: Boolean = false, nanoseconds: Long = 0, luma: ((Int, Int) -> Int)? = null,
): Frame {
    val random = Random(1)
    val stride = width + 16
    val y = ByteBuffer.allocateDirect(stride * height)
    for (row in 0 until height) for (column in 0 until width) {
        y.put(row * stride + column, (luma?.invoke(column, row) ?: random.nextInt(256)).toByte())
    }
    val chromaStride = 2 * ((width + 1) / 2) + 16
    val chroma = ByteBuffer.allocateDirect(chromaStride * ((height + 1) / 2))
    for (i in 0 until chroma.capacity()) chroma.put(i, (if (luma == null) random.nextInt(256) else 128).toByte())
    val v = chroma.duplicate().apply { position(0) }.slice()
    val u = chroma.duplicate().apply { position(1) }.slice()
    return Frame(width, height, Plane(y, stride, 1), Plane(u, chromaStride, 2), Plane(v, chromaStride, 2), turn, mirror, nanoseconds)
}

/** Says person where its input is bright. */
class BrightnessEngine(override val size: Int) : Engine {
    override val channels = 3
    override val quantized = true
    override val outputScale = 1 / 256f
    override val outputZeroPoint = 0
    override val description = "brightness"

    override fun run(input: ByteBuffer, output: ByteBuffer) {
        for (i in 0 until size * size) output.put(i, input.get(3 * i))
    }

    override fun close() = Unit
}

/** Takes no time: the answer lies ready. */
class IdleEngine(override val size: Int, mask: FloatArray) : Engine {
    override val channels = 3
    override val quantized = true
    override val outputScale = 1 / 256f
    override val outputZeroPoint = 0
    override val description = "idle"
    private val answer = ByteArray(mask.size) { minOf(255, Math.round(mask[it] * 256)).toByte() }

    override fun run(input: ByteBuffer, output: ByteBuffer) {
        output.put(answer)
    }

    override fun close() = Unit
}
