package org.tfportrait.core

/**
 * A blur of the background alone: the person's colors do not bleed into it, so there is no halo.
 *
 * Normalized convolution at a quarter of the size: colors times weight and the weight itself are blurred, then divided.
 */
internal class BackgroundBlur(private val width: Int, height: Int) {
    private val smallWidth = maxOf(1, width / 4)
    private val smallHeight = maxOf(1, height / 4)
    private val shrink = Resizer(width, height, smallWidth, smallHeight)
    private val enlarge = Enlarger(smallWidth, smallHeight, width, height)
    private val small = IntArray(smallWidth * smallHeight)
    private val alpha = FloatArray(smallWidth * smallHeight)
    private val weighted = FloatArray(4 * smallWidth * smallHeight) // red, green, blue, weight
    private val scene = FloatArray(3 * smallWidth * smallHeight)
    private var gaussian: Gaussian? = null
    private var radius = 0f

    /** Gives the blurred scene, row by row, to [take]: three interleaved channels in 0..255. */
    inline fun scene(photo: Picture, alpha: FloatArray, radius: Float, take: (Int, FloatArray) -> Unit) {
        prepare(photo, alpha, radius)
        enlarge.rows(3, { y, line -> enlarge.widenColors(scene, 3 * y * smallWidth, line) }, take)
    }

    fun prepare(photo: Picture, alpha: FloatArray, radius: Float) {
        shrink.resize(photo.pixels, small)
        shrink.resize(alpha, this.alpha)
        for (i in small.indices) {
            val weight = 1 - this.alpha[i]
            weighted[4 * i] = red(small[i]) * weight
            weighted[4 * i + 1] = green(small[i]) * weight
            weighted[4 * i + 2] = blue(small[i]) * weight
            weighted[4 * i + 3] = weight
        }
        gaussianOf(radius).blur(weighted)
        for (i in small.indices) {
            val weight = weighted[4 * i + 3] + LEAST
            for (c in 0..2) {
                val color = weighted[4 * i + c] / weight
                scene[3 * i + c] = if (color > 255f) 255f else color
            }
        }
    }

    private fun gaussianOf(radius: Float): Gaussian {
        require(radius > 0) { "blur radius $radius must be above 0 pixels" }
        val present = gaussian
        if (present != null && radius == this.radius) return present
        // Sigma is half the radius, at a quarter of the size; the kernel ends at four sigma.
        val reach = Math.rint(radius + 1.0).toInt() / 2
        this.radius = radius
        return Gaussian(smallWidth, smallHeight, 4, radius / 8.0, reach).also { gaussian = it }
    }

    private companion object {
        const val LEAST = 1e-4f // keeps the division alive where a person fills the neighborhood
    }
}
