package org.tfportrait.core

/**
 * A blur of the background alone: the person's colors do not bleed into it, so there is no halo.
 *
 * Normalized convolution at a quarter of the size: colors times weight and the weight itself are blurred, then divided.
 */
internal class BackgroundBlur(width: Int, height: Int) {
    private val smallWidth = maxOf(1, width / 4)
    private val smallHeight = maxOf(1, height / 4)
    private val shrink = Resizer(width, height, smallWidth, smallHeight)
    private val enlarge = Enlarger(smallWidth, smallHeight, width, height)
    private val small = IntArray(smallWidth * smallHeight)
    private val weight = FloatArray(smallWidth * smallHeight)
    private val reds = FloatArray(smallWidth * smallHeight)
    private val greens = FloatArray(smallWidth * smallHeight)
    private val blues = FloatArray(smallWidth * smallHeight)
    private var gaussian: Gaussian? = null
    private var radius = 0f

    /** Gives the blurred scene, row by row, to [take]: y, then red, green and blue in 0..255. */
    inline fun scene(
        photo: Picture, alpha: FloatArray, radius: Float, take: (Int, FloatArray, FloatArray, FloatArray) -> Unit,
    ) {
        prepare(photo, alpha, radius)
        enlarge.colors(reds, greens, blues, take)
    }

    fun prepare(photo: Picture, alpha: FloatArray, radius: Float) {
        shrink.resize(photo.pixels, small)
        shrink.resize(alpha, weight)
        val weight = weight
        for (i in weight.indices) weight[i] = 1 - weight[i]
        weigh(16, reds)
        weigh(8, greens)
        weigh(0, blues)
        val gaussian = gaussianOf(radius)
        gaussian.blur(weight)
        normalize(gaussian, reds)
        normalize(gaussian, greens)
        normalize(gaussian, blues)
    }

    private fun weigh(shift: Int, channel: FloatArray) {
        val small = small
        val weight = weight
        for (i in channel.indices) channel[i] = (small[i] shr shift and 0xff) * weight[i]
    }

    private fun normalize(gaussian: Gaussian, channel: FloatArray) {
        val weight = weight
        gaussian.blur(channel)
        for (i in channel.indices) channel[i] = minOf(channel[i] / (weight[i] + LEAST), 255f)
    }

    private fun gaussianOf(radius: Float): Gaussian {
        require(radius > 0) { "blur radius $radius must be above 0 pixels" }
        val present = gaussian
        if (present != null && radius == this.radius) return present
        // Sigma is half the radius, at a quarter of the size; the kernel ends at four sigma.
        val reach = Math.rint(radius + 1.0).toInt() / 2
        this.radius = radius
        return Gaussian(smallWidth, smallHeight, radius / 8.0, reach).also { gaussian = it }
    }

    private companion object {
        const val LEAST = 1e-4f // keeps the division alive where a person fills the neighborhood
    }
}
