package org.tfportrait.core

/**
 * What an alpha is for: blurred background, a color, another picture, a look at the mask.
 *
 * For photos of one size; everything is allocated once, and [into] may be the photo itself. Alphas are in 0..1.
 */
class Compositor(val width: Int, val height: Int) {
    private val blur by lazy(LazyThreadSafetyMode.NONE) { BackgroundBlur(width, height) }
    private val mixer = RowMixer(width)
    private val reds = FloatArray(width) // a row of a scene
    private val greens = FloatArray(width)
    private val blues = FloatArray(width)

    /** Blurs the background alone; [radius] is in pixels. */
    fun blur(photo: Picture, alpha: FloatArray, radius: Float, into: Picture) {
        check(photo, into)
        blur.scene(photo, alpha, radius) { y, red, green, blue ->
            mixer.over(photo.pixels, alpha, y * width, red, green, blue, into.pixels)
        }
    }

    /** Puts the person in front of one [color]. */
    fun color(photo: Picture, alpha: FloatArray, color: Int, into: Picture) {
        check(photo, into)
        for (y in 0 until height) {
            reds.fill(red(color).toFloat())
            greens.fill(green(color).toFloat())
            blues.fill(blue(color).toFloat())
            mixer.over(photo.pixels, alpha, y * width, reds, greens, blues, into.pixels)
        }
    }

    /** Puts the person in front of [scene], which has the photo's size; see [cover]. */
    fun replace(photo: Picture, alpha: FloatArray, scene: Picture, into: Picture) {
        check(photo, into)
        require(scene.hasSize(width, height)) { "scene of ${scene.width} x ${scene.height} pixels" }
        for (y in 0 until height) {
            for (x in 0 until width) {
                val pixel = scene.pixels[y * width + x]
                reds[x] = BYTES[red(pixel)]
                greens[x] = BYTES[green(pixel)]
                blues[x] = BYTES[blue(pixel)]
            }
            mixer.over(photo.pixels, alpha, y * width, reds, greens, blues, into.pixels)
        }
    }

    /** The photo's colors with the alpha as theirs. */
    fun cutout(photo: Picture, alpha: FloatArray, into: Picture) {
        check(photo, into)
        for (i in into.pixels.indices) {
            into.pixels[i] = (roundToByte(alpha[i] * 255f) shl 24) or (photo.pixels[i] and 0xffffff)
        }
    }

    /** The alpha as a gray picture. */
    fun mask(alpha: FloatArray, into: Picture) {
        for (i in into.pixels.indices) into.pixels[i] = OPAQUE or roundToByte(alpha[i] * 255f) * 0x010101
    }

    private fun check(photo: Picture, into: Picture) =
        require(photo.hasSize(width, height) && into.hasSize(width, height)) {
            "pictures of ${photo.width} x ${photo.height} and ${into.width} x ${into.height}, not $width x $height"
        }
}

/** A background scaled to cover [width] x [height], its middle taken. For pictures that come once, not for frames. */
fun cover(background: Picture, width: Int, height: Int): Picture {
    val scale = maxOf(height / background.height.toDouble(), width / background.width.toDouble())
    val innerWidth = maxOf(width, Math.rint(background.width * scale).toInt())
    val innerHeight = maxOf(height, Math.rint(background.height * scale).toInt())
    val scene = background.resized(innerWidth, innerHeight)
    val top = (innerHeight - height) / 2
    val left = (innerWidth - width) / 2
    val result = Picture(width, height)
    for (y in 0 until height) {
        scene.pixels.copyInto(result.pixels, y * width, (y + top) * innerWidth + left, (y + top) * innerWidth + left + width)
    }
    return result
}
