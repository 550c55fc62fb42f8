package org.tfportrait.core

/** Averages areas along an axis that shrinks; then interpolates linearly along one that grows. */
class Resizer(val sourceWidth: Int, val sourceHeight: Int, val width: Int, val height: Int) {
    private val betweenWidth = minOf(width, sourceWidth)
    private val betweenHeight = minOf(height, sourceHeight)
    private val shrinks = betweenWidth < sourceWidth || betweenHeight < sourceHeight
    private val grows = width > betweenWidth || height > betweenHeight
    private val shrinker = if (shrinks) Shrinker(sourceWidth, sourceHeight, betweenWidth, betweenHeight) else null
    private val enlarger = if (grows) Enlarger(betweenWidth, betweenHeight, width, height) else null
    private val betweenPixels = if (shrinks && grows) IntArray(betweenWidth * betweenHeight) else IntArray(0)
    private val betweenValues = if (shrinks && grows) FloatArray(betweenWidth * betweenHeight) else FloatArray(0)

    fun resize(pixels: IntArray, into: IntArray) {
        if (!shrinks && !grows) pixels.copyInto(into, 0, 0, width * height)
        shrinker?.pictures(pixels, if (grows) betweenPixels else into)
        enlarger?.pictures(if (shrinks) betweenPixels else pixels, into)
    }

    fun resize(values: FloatArray, into: FloatArray) {
        if (!shrinks && !grows) values.copyInto(into, 0, 0, width * height)
        shrinker?.plane(values, if (grows) betweenValues else into)
        enlarger?.plane(if (shrinks) betweenValues else values, 0, betweenWidth, into)
    }

    fun fits(fromWidth: Int, fromHeight: Int, toWidth: Int, toHeight: Int): Boolean =
        sourceWidth == fromWidth && sourceHeight == fromHeight && width == toWidth && height == toHeight
}

/** A resized copy; for pictures that come once, not for frames. */
fun Picture.resized(toWidth: Int, toHeight: Int): Picture {
    val result = Picture(toWidth, toHeight)
    Resizer(width, height, toWidth, toHeight).resize(pixels, result.pixels)
    return result
}
