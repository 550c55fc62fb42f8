package org.tfportrait.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What a video remembers and what makes it forget: the golden video, and networks that never let go of a mask. */
class VideoStreamTest {
    private val size = 32

    /** Gives the golden masks one after another, and keeps the previous mask that each came with. */
    private inner class ReplayEngine(private val masks: FloatArray) : RememberingEngine(size, channels = WITH_PRIOR) {
        val priors = mutableListOf<FloatArray>()

        override fun answer(i: Int): Float {
            if (i == 0) priors += prior.copyOf()
            return masks[(priors.size - 1) * size * size + i]
        }
    }

    @Test
    fun eachFrameOfTheGoldenVideoIsGivenTheMaskBeforeItOrNobodys() {
        val fresh = setOf(0, 3, 5, 6) // the first, after a gap, another scene, a step back in time
        assertTrue(Vectors.videos.isNotEmpty())
        for (case in Vectors.videos) {
            val masks = FloatArray(case.expected.size) { case.expected[it].toFloat() }
            val engine = ReplayEngine(masks)
            case.check(masksOf(case, Segmenter(engine, Fit.LETTERBOX)))
            engine.priors.forEachIndexed { index, prior ->
                for (i in prior.indices) {
                    val before = if (index in fresh) 0f else 255 * masks[(index - 1) * size * size + i]
                    assertEquals("${case.name}, frame $index", Math.rint(before.toDouble()).toFloat(), prior[i], 0f)
                }
                assertEquals(index !in fresh, prior.any { it > 0 })
            }
        }
    }

    @Test
    fun aMaskIsHandedOnWithinASceneAndNothingOfItOverItsEnd() {
        val moved = frame(0.7)
        for (engine in listOf<() -> Engine>({ TrailEngine(size) }, { TrailEngine(size, quantized = true) }, { UnsureEngine(size) })) {
            for (seconds in listOf(1.04, 1.08, 1.54)) assertEquals("$seconds s", false, begins(engine, moved, seconds))
            for (seconds in listOf(1.541, 60.0, 1.0, 0.0)) assertEquals("$seconds s", true, begins(engine, moved, seconds))
            assertTrue("a cut", begins(engine, frame(0.7, level = 60), 1.08))
            assertTrue("another width", begins(engine, frame(0.7, width = 80), 1.08))
            assertTrue("another height", begins(engine, frame(0.7, height = 80), 1.08))
            assertTrue("told to forget", begins(engine, moved, 1.08) { it.reset() })
        }
    }

    /** Whether a frame, after others, gets what it would have got alone. */
    private fun begins(engine: () -> Engine, photo: Picture, seconds: Double, act: (VideoStream) -> Unit = {}): Boolean {
        fun after(earlier: Map<Double, Picture>): FloatArray {
            val segmenter = Segmenter(engine(), Fit.LETTERBOX)
            val stream = VideoStream(segmenter, Smoother(0.8f))
            for ((time, frame) in earlier) stream.segment(frame, nanoseconds(time))
            if (earlier.isNotEmpty()) act(stream)
            stream.segment(photo, nanoseconds(seconds))
            return segmenter.mask
        }
        return after(mapOf(1.0 to frame(0.1), 1.04 to frame(0.1))).contentEquals(after(emptyMap()))
    }

    @Test
    fun aCutIsWherePicturesDifferByMoreThan28GrayLevels() {
        for ((level, cut) in listOf(128 to false, 129 to true, 72 to false, 71 to true)) {
            val engine = RememberingEngine(size, FloatArray(size * size) { 1f }, channels = WITH_PRIOR)
            val stream = VideoStream(Segmenter(engine, Fit.STRETCH), null)
            stream.segment(frame(2.0), 0)
            stream.segment(frame(2.0, level), 0)
            assertTrue("$level", engine.prior.all { it == (if (cut) 0f else 255f) })
        }
    }

    @Test
    fun whatIsHandedOnIsTheAnswerAndNotTheSmoothedOne() {
        for (smoother in listOf(Smoother(0.8f), null)) {
            val answers = listOf(0.5f, 0.1f, 0.1f)
            val engine = ReplayEngine(FloatArray(3 * size * size) { answers[it / (size * size)] })
            val segmenter = Segmenter(engine, Fit.STRETCH)
            val stream = VideoStream(segmenter, smoother)
            repeat(3) { stream.segment(frame(0.1), nanoseconds(it / 25.0)) }
            assertEquals(listOf(0f, 128f, 26f), engine.priors.map { it[0] }) // 127.5 and 25.5: halves to even
            assertEquals(smoother != null, Math.abs(segmenter.mask[0] - 0.1f) > 0.01)
        }
    }

    @Test
    fun aPhotoByItselfHasNobodyBeforeIt() {
        val segmenter = Segmenter(TrailEngine(size), Fit.LETTERBOX)
        segmenter.segment(frame(0.7))
        val alone = segmenter.mask.copyOf()
        VideoStream(segmenter, null).segment(frame(0.1), 0)
        segmenter.segment(frame(0.7))
        assertArrayEquals(alone, segmenter.mask, 0f)
    }

    /** A flat picture with a brighter square, [place] of its width from the left. */
    private fun frame(place: Double, level: Int = 100, width: Int = 64, height: Int = 64): Picture {
        val edge = (place * width).toInt()
        return Picture(width, height, IntArray(width * height) { at ->
            val inside = at % width in edge until edge + width / 8 && at / width >= height / 2
            OPAQUE or (if (inside) level + 100 else level) * 0x010101
        })
    }
}

/** What a segmenter says of the frames of a case, one after another, without smoothing. */
fun masksOf(case: Case, segmenter: Segmenter): DoubleArray {
    val stream = VideoStream(segmenter, null)
    return doubles(case.input("frames").pictures().zip(case.numbers("seconds")).flatMap { (frame, seconds) ->
        stream.segment(frame, nanoseconds(seconds))
        segmenter.mask.toList()
    }.toFloatArray())
}

private fun nanoseconds(seconds: Double) = Math.round(seconds * 1e9)
