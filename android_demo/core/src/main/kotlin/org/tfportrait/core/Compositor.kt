package org.tfportrait.core

/**
 * What an alpha is for: blurred background, a color, another picture, a look at the mask.
 *
 * For photos of one size; everything is allocated once, and [into] may be the photo itself. Alphas are in 0..1.
 */
class Compositor(val width: Int, val height: Int) {
    private val blur by lazy(LazyThreadSafetyMode.NONE) { BackgroundBlur(width, height) }

    /** Blurs the background alone; [radius] is in pixels. */
    fun blur(photo: Picture, alpha: FloatArray, radius: Float, into: Picture) {
        check(photo, into)
        blur.scene(photo, alpha, radius) { y, scene -> over(photo.pixels, alpha, y * width, width, scene, into.pixels) }
    }

    /** Puts the person in front of one [color]. */
    fun color(photo: Picture, alpha: FloatArray, color: Int, into: Picture) {
        check(photo, into)
        val r = red(color).toFloat()
        val g = green(color).toFloat()
        val b = blue(color).toFloat()
        for (i in into.pixels.indices) into.pixels[i] = mix(photo.pixels[i], alpha[i], r, g, b)
    }

    /** Puts the person in front of [scene], which has the photo's size; see [cover]. */
    fun replace(photo: Picture, alpha: FloatArray, scene: Picture, into: Picture) {
        check(photo, into)
        require(scene.hasSize(width, height)) { "scene of ${scene.width} x ${scene.height} pixels" }
        for (i in into.pixels.indices) {
            val back = scene.pixels[i]
            into.pixels[i] =
                mix(photo.pixels[i], alpha[i], red(back).toFloat(), green(back).toFloat(), blue(back).toFloat())
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

/** The person over [scene], one row of interleaved channels in 0..255; the same arithmetic as Python's, bit for bit. */
internal fun over(photo: IntArray, alpha: FloatArray, start: Int, count: Int, scene: FloatArray, into: IntArray) {
    for (x in 0 until count) {
        if (alpha[start + x] == 0f) { // most of most pictures
            into[start + x] = pack(scene[3 * x] + 0.5f, scene[3 * x + 1] + 0.5f, scene[3 * x + 2] + 0.5f)
            continue
        }
        into[start + x] = mix(photo[start + x], alpha[start + x], scene[3 * x], scene[3 * x + 1], scene[3 * x + 2])
    }
}

/** Cannot leave 0..255, since the alpha is in 0..1 and both colors are bytes' values. */
private fun mix(front: Int, alpha: Float, red: Float, green: Float, blue: Float): Int {
    return pack(
        red + (FLOATS[red(front)] - red) * alpha + 0.5f,
        green + (FLOATS[green(front)] - green) * alpha + 0.5f,
        blue + (FLOATS[blue(front)] - blue) * alpha + 0.5f,
    )
}

/** Bytes as floats: looking one up takes two thirds of the time of converting it. */
private val FLOATS = FloatArray(256) { it.toFloat() }

private fun pack(red: Float, green: Float, blue: Float): Int =
    OPAQUE or (red.toInt() shl 16) or (green.toInt() shl 8) or blue.toInt()

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
