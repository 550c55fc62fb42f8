package org.tfportrait.core

/** Pixels as 0xAARRGGBB, row by row, as android.graphics.Bitmap takes and gives them. */
class Picture(val width: Int, val height: Int, val pixels: IntArray = IntArray(width * height)) {
    init {
        require(width > 0 && height > 0) { "a picture of $width x $height pixels" }
        require(pixels.size == width * height) { "${pixels.size} pixels are not $width x $height" }
    }

    fun hasSize(otherWidth: Int, otherHeight: Int): Boolean = width == otherWidth && height == otherHeight
}

internal const val OPAQUE = 0xff shl 24

internal fun red(pixel: Int): Int = pixel shr 16 and 0xff

internal fun green(pixel: Int): Int = pixel shr 8 and 0xff

internal fun blue(pixel: Int): Int = pixel and 0xff

/** The byte nearest to [value], halves to the even one. */
internal fun roundToByte(value: Float): Int {
    val rounded = Math.rint(value.toDouble()).toInt()
    return if (rounded < 0) 0 else if (rounded > 255) 255 else rounded
}
