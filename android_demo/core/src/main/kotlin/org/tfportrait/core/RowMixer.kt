package org.tfportrait.core

/** Rows of [width] pixels over rows of a scene. Rows are allocated once; one instance belongs to one thread. */
internal class RowMixer(private val width: Int) {
    private val alphas = FloatArray(width)
    private val frontReds = FloatArray(width)
    private val frontGreens = FloatArray(width)
    private val frontBlues = FloatArray(width)

    /**
     * The person over a scene: from [start] on, a row of [photo] by [alpha] in 0..1 over [red], [green] and [blue] in
     * 0..255, which are used up. The same arithmetic as Python's, bit for bit; the result cannot leave 0..255.
     */
    fun over(
        photo: IntArray, alpha: FloatArray, start: Int, red: FloatArray, green: FloatArray, blue: FloatArray, into: IntArray,
    ) {
        val alphas = alphas
        alpha.copyInto(alphas, 0, start, start + width)
        var from = 0
        while (from < width && alphas[from] == 0f) from++
        var to = width
        while (to > from && alphas[to - 1] == 0f) to--
        unpack(photo, start, from, to)
        mix(frontReds, red)
        mix(frontGreens, green)
        mix(frontBlues, blue)
        for (x in 0 until width) {
            into[start + x] = OPAQUE or (red[x].toInt() shl 16) or (green[x].toInt() shl 8) or blue[x].toInt()
        }
    }

    /** The person is between [from] and [to]; beside them the colors stay whatever they were, and count nothing. */
    private fun unpack(photo: IntArray, start: Int, from: Int, to: Int) {
        val reds = frontReds
        val greens = frontGreens
        val blues = frontBlues
        val bytes = BYTES
        for (x in from until to) {
            val pixel = photo[start + x]
            reds[x] = bytes[red(pixel)]
            greens[x] = bytes[green(pixel)]
            blues[x] = bytes[blue(pixel)]
        }
    }

    private fun mix(front: FloatArray, scene: FloatArray) {
        val alphas = alphas
        for (x in alphas.indices) scene[x] = scene[x] + (front[x] - scene[x]) * alphas[x] + 0.5f
    }
}

/** Bytes as floats: looking one up takes two thirds of the time of converting it. */
internal val BYTES = FloatArray(256) { it.toFloat() }
