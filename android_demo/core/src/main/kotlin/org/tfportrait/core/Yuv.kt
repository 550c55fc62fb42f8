package org.tfportrait.core

import java.nio.ByteBuffer

/** One plane of a camera frame. Its buffer may end at its last sample, before the last row is full. */
class Plane(val buffer: ByteBuffer, val rowStride: Int, val pixelStride: Int) {
    /** The samples of [count] pixels of row [y], still [pixelStride] apart, to [into] from [start]. */
    fun row(y: Int, count: Int, into: ByteArray, start: Int) {
        buffer.position(y * rowStride)
        buffer.get(into, start, (count - 1) * pixelStride + 1)
    }
}

/**
 * YUV 4:2:0 frames of one size and layout to upright RGB, in integers: ITU-R BT.601 in 16-bit fixed point.
 *
 * Works in strips of rows, so that turning a frame by a quarter does not jump through the whole memory.
 */
class YuvConverter(val width: Int, val height: Int) {
    private var luma = ByteArray(0)
    private var blueChroma = ByteArray(0)
    private var redChroma = ByteArray(0)

    // Of the frame at hand: bytes from row to row and from pixel to pixel in the strips above.
    private var range = Range.FULL
    private var lumaRow = 0
    private var chromaRow = 0
    private var lumaStep = 0
    private var chromaStep = 0

    /** Turned [turn] degrees clockwise (0, 90, 180, 270), then mirrored left to right. */
    fun convert(y: Plane, u: Plane, v: Plane, fullRange: Boolean, turn: Int, mirror: Boolean, into: Picture) {
        val outWidth = if (turn % 180 == 0) width else height
        require(turn in 0..270 && turn % 90 == 0) { "turn $turn must be 0, 90, 180 or 270 degrees" }
        require(into.hasSize(outWidth, width + height - outWidth)) { "${into.width} x ${into.height} pixels do not fit" }
        require(u.pixelStride == v.pixelStride) { "chroma pixel strides ${u.pixelStride} and ${v.pixelStride} differ" }
        // Pixel (row, column) goes to start + row * down + column * along.
        var start = when (turn) {
            0 -> 0
            90 -> height - 1
            180 -> width * height - 1
            else -> (width - 1) * outWidth
        }
        var along = when (turn) { 0 -> 1; 90 -> outWidth; 180 -> -1; else -> -outWidth }
        var down = when (turn) { 0 -> outWidth; 90 -> -1; 180 -> -outWidth; else -> 1 }
        if (mirror) { // x becomes outWidth - 1 - x
            start += outWidth - 1 - 2 * (start % outWidth)
            if (turn % 180 == 0) along = -along else down = -down
        }
        range = if (fullRange) Range.FULL else Range.LIMITED
        lumaStep = y.pixelStride
        chromaStep = u.pixelStride
        val chromaWidth = (width + 1) / 2
        lumaRow = (width - 1) * lumaStep + 1
        chromaRow = (chromaWidth - 1) * chromaStep + 1
        reserve(STRIP * lumaRow, (STRIP / 2) * chromaRow)
        for (top in 0 until height step STRIP) {
            val rows = minOf(STRIP, height - top)
            for (row in 0 until rows) y.row(top + row, width, luma, row * lumaRow)
            for (row in 0 until (rows + 1) / 2) {
                u.row(top / 2 + row, chromaWidth, blueChroma, row * chromaRow)
                v.row(top / 2 + row, chromaWidth, redChroma, row * chromaRow)
            }
            strip(rows, start + top * down, along, down, turn % 180 != 0, into.pixels)
        }
    }

    /** The rows in the buffers, along or across them: as the picture lies in memory. */
    private fun strip(rows: Int, target: Int, along: Int, down: Int, sideways: Boolean, into: IntArray) {
        if (sideways) {
            for (x in 0 until width step 2) {
                val second = if (x + 1 < width) 1 else 0
                blocks(
                    rows, x * lumaStep, lumaRow, second * lumaStep, x / 2 * chromaStep, chromaRow,
                    target + x * along, down, second * along, into,
                )
            }
        } else {
            for (y in 0 until rows step 2) {
                val second = if (y + 1 < rows) 1 else 0
                blocks(
                    width, y * lumaRow, lumaStep, second * lumaRow, y / 2 * chromaRow, chromaStep,
                    target + y * down, along, second * down, into,
                )
            }
        }
    }

    private fun reserve(lumaBytes: Int, chromaBytes: Int) {
        if (luma.size < lumaBytes) luma = ByteArray(lumaBytes)
        if (blueChroma.size < chromaBytes) {
            blueChroma = ByteArray(chromaBytes)
            redChroma = ByteArray(chromaBytes)
        }
    }

    /**
     * Two lines of [count] pixels: blocks of 2 x 2 that share a chroma sample. From pixel to pixel of a line it is
     * [lumaJump] and [jump]; the second line is [lumaBeside] and [beside] away, or is the first again: 0.
     */
    private fun blocks(
        count: Int, lumaStart: Int, lumaJump: Int, lumaBeside: Int, chromaStart: Int, chromaJump: Int,
        start: Int, jump: Int, beside: Int, into: IntArray,
    ) {
        val luma = luma
        val blueChroma = blueChroma
        val redChroma = redChroma
        val range = range
        val gain = range.gain
        val redV = range.redV
        val greenU = range.greenU
        val greenV = range.greenV
        val blueU = range.blueU
        val constant = HALF - gain * range.offset
        var at = lumaStart
        var chroma = chromaStart
        var target = start
        for (left in count downTo 1 step 2) {
            val second = if (left > 1) 1 else 0 // of an odd line the last pixel is made twice
            val nextAt = at + second * lumaJump
            val next = target + second * jump
            val cb = (blueChroma[chroma].toInt() and 0xff) - 128
            val cr = (redChroma[chroma].toInt() and 0xff) - 128
            val r = redV * cr + constant
            val g = greenU * cb + greenV * cr + constant
            val b = blueU * cb + constant
            // With a gain of 1 and nothing to clamp the three sums are one.
            val gray = (r shr 16 shl 16) + (g shr 16 shl 8) + (b shr 16) + OPAQUE
            val least = if (gain == ONE) -(minOf(r, g, b) shr 16) else 256
            val most = 255 - (maxOf(r, g, b) shr 16)
            into[target] = pixel(luma[at], gray, least, most, gain, r, g, b)
            into[next] = pixel(luma[nextAt], gray, least, most, gain, r, g, b)
            into[target + beside] = pixel(luma[at + lumaBeside], gray, least, most, gain, r, g, b)
            into[next + beside] = pixel(luma[nextAt + lumaBeside], gray, least, most, gain, r, g, b)
            at += 2 * lumaJump
            target += 2 * jump
            chroma += chromaJump
        }
    }

    private companion object {
        const val STRIP = 32
        const val HALF = 1 shl 15
        const val ONE = 1 shl 16

        /** [gray] is the pixel of luma 0; from [least] to [most] luma adds to all of its channels alike. */
        fun pixel(sample: Byte, gray: Int, least: Int, most: Int, gain: Int, r: Int, g: Int, b: Int): Int {
            val luma = sample.toInt() and 0xff
            if (luma in least..most) return gray + luma * 0x010101
            val y = gain * luma
            return OPAQUE or (clamp(y + r shr 16) shl 16) or (clamp(y + g shr 16) shl 8) or clamp(y + b shr 16)
        }

        private fun clamp(value: Int) = if (value and 0xff.inv() == 0) value else if (value < 0) 0 else 255
    }
}

/** Luma and chroma in 0..255 (JFIF, what Android's cameras give) or luma in 16..235 and chroma in 16..240 (video). */
private enum class Range(
    val offset: Int, val gain: Int, val redV: Int, val greenU: Int, val greenV: Int, val blueU: Int,
) {
    FULL(0, 1 shl 16, 91881, -22554, -46802, 116130),
    LIMITED(16, 76309, 104597, -25675, -53279, 132201),
}
