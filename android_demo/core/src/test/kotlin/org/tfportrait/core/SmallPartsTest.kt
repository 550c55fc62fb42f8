package org.tfportrait.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class SmallPartsTest {
    @Test
    fun framesAreTurnedUpright() {
        // Sensors of nearly all phones: 90 behind, 270 in front. The phone upright, then turned a quarter to the left
        // (display 90), upside down, and to the right.
        assertEquals(listOf(90, 0, 270, 180), listOf(0, 90, 180, 270).map { uprightTurn(90, it, front = false) })
        assertEquals(listOf(270, 0, 90, 180), listOf(0, 90, 180, 270).map { uprightTurn(270, it, front = true) })
        // A tablet with its sensors along the natural landscape.
        assertEquals(listOf(0, 270), listOf(0, 90).map { uprightTurn(0, it, front = false) })
    }

    @Test
    fun latencyIsByRank() {
        val latency = Latency(10)
        assertEquals(0.0, latency.milliseconds(50), 0.0)
        (1..10).forEach { latency.add(it * 1_000_000L) }
        assertEquals(5.0, latency.milliseconds(50), 0.0)
        assertEquals(9.0, latency.milliseconds(90), 0.0)
        repeat(25) { latency.add(42_000_000L) } // the old ones are gone
        assertEquals(42.0, latency.milliseconds(10), 0.0)
        latency.reset()
        assertEquals(0.0, latency.milliseconds(50), 0.0)
    }

    @Test
    fun smoothingForgets() {
        val smoother = Smoother(1f)
        val black = IntArray(4)
        val white = IntArray(4) { -1 }
        smoother.smooth(FloatArray(4), black)
        val pulled = floatArrayOf(0.5f, 1f, 1f, 1f)
        smoother.smooth(pulled, white)
        assertEquals(listOf(0f, 1f, 1f, 1f), pulled.toList()) // all of the doubtful, nothing of the sure
        val held = floatArrayOf(0f, 0f, 0f, 0f)
        smoother.smooth(held, white)
        assertEquals(listOf(0f, 0.85f, 0.85f, 0.85f), held.toList()) // where the picture rests, the sure too
        smoother.reset()
        val first = floatArrayOf(0.5f, 1f, 0f, 0f)
        smoother.smooth(first, white)
        assertEquals(listOf(0.5f, 1f, 0f, 0f), first.toList())
        assertThrows(IllegalArgumentException::class.java) { Smoother(1.1f) }
    }

    @Test
    fun aPictureOfOnePixelIsShrunkEnlargedAndBlurred() {
        val pixel = Picture(1, 1, intArrayOf(OPAQUE or 0x102030))
        assertTrue(pixel.resized(5, 3).pixels.all { it == OPAQUE or 0x102030 })
        assertEquals(OPAQUE or 0x102030, pixel.resized(5, 3).resized(1, 1).pixels.single())
        val into = Picture(1, 1)
        Compositor(1, 1).blur(pixel, floatArrayOf(1f), 3f, into)
        assertEquals(OPAQUE or 0x102030, into.pixels.single())
        assertThrows(IllegalArgumentException::class.java) { Compositor(1, 1).blur(pixel, floatArrayOf(0f), 0f, into) }
        assertThrows(IllegalArgumentException::class.java) { Picture(2, 2, IntArray(3)) }
    }

    @Test
    fun smallSumsOfManyPixelsAreExact() {
        val white = Picture(3001, 2003, IntArray(3001 * 2003) { -1 })
        assertTrue(white.resized(224, 224).pixels.all { it == -1 })
        assertTrue(white.resized(1, 1).pixels.all { it == -1 })
    }
}
