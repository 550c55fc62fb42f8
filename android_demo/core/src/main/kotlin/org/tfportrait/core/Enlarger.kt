package org.tfportrait.core

/** Interpolates linearly. Tables and rows are allocated once; one instance belongs to one thread. */
internal class Enlarger(private val sourceWidth: Int, sourceHeight: Int, val width: Int, val height: Int) {
    private val across = LinearAxis(sourceWidth, width)
    private val down = LinearAxis(sourceHeight, height)
    private val reds = Rows()
    private val greens = Rows()
    private val blues = Rows()

    /** [pixels] -> [into], both row by row; each channel rounded. */
    fun pictures(pixels: IntArray, into: IntArray) {
        restart()
        for (y in 0 until height) {
            val red = reds.row(y) { source, line -> widen(pixels, source * sourceWidth, 16, line) }
            val green = greens.row(y) { source, line -> widen(pixels, source * sourceWidth, 8, line) }
            val blue = blues.row(y) { source, line -> widen(pixels, source * sourceWidth, 0, line) }
            for (x in 0 until width) {
                into[y * width + x] =
                    OPAQUE or (roundToByte(red[x]) shl 16) or (roundToByte(green[x]) shl 8) or roundToByte(blue[x])
            }
        }
    }

    /** One channel of floats out of rows [stride] values apart, the first at [offset]; not rounded. */
    fun plane(values: FloatArray, offset: Int, stride: Int, into: FloatArray) {
        restart()
        for (y in 0 until height) {
            reds.row(y) { source, line -> widen(values, offset + source * stride, line) }.copyInto(into, y * width)
        }
    }

    /** Gives each new row of three planes, not rounded, to [take]: y and the three rows, which it may change. */
    inline fun colors(
        red: FloatArray, green: FloatArray, blue: FloatArray, take: (Int, FloatArray, FloatArray, FloatArray) -> Unit,
    ) {
        restart()
        for (y in 0 until height) take(y, row(reds, red, y), row(greens, green, y), row(blues, blue, y))
    }

    fun row(rows: Rows, plane: FloatArray, y: Int): FloatArray =
        rows.row(y) { source, line -> widen(plane, source * sourceWidth, line) }

    fun restart() {
        reds.restart()
        greens.restart()
        blues.restart()
    }

    private fun widen(pixels: IntArray, start: Int, shift: Int, line: FloatArray) {
        for (x in 0 until width) {
            val left = pixels[start + across.first[x]] shr shift and 0xff
            val right = pixels[start + across.second[x]] shr shift and 0xff
            val weight = across.weight[x]
            line[x] = (1 - weight) * left + weight * right
        }
    }

    private fun widen(values: FloatArray, start: Int, line: FloatArray) {
        val first = across.first
        val second = across.second
        val weights = across.weight
        for (x in line.indices) {
            val weight = weights[x]
            line[x] = (1 - weight) * values[start + first[x]] + weight * values[start + second[x]]
        }
    }

    /** The rows of one channel; keeps the two widened source rows that the last one lies between. */
    inner class Rows {
        private var upper = FloatArray(width)
        private var lower = FloatArray(width)
        private var upperOf = -1
        private var lowerOf = -1
        private val made = FloatArray(width)

        fun restart() {
            upperOf = -1
            lowerOf = -1
        }

        /** New row [y], until the next is asked for; [widen] fills a line from a source row. */
        inline fun row(y: Int, widen: (Int, FloatArray) -> Unit): FloatArray {
            val first = down.first[y]
            val second = down.second[y]
            if (upperOf != first) {
                if (lowerOf == first) swap() else widen(first, upper)
                upperOf = first
            }
            if (lowerOf != second) {
                widen(second, lower)
                lowerOf = second
            }
            blend(down.weight[y])
            return made
        }

        private fun swap() {
            val line = upper
            upper = lower
            lower = line
            lowerOf = -1
        }

        private fun blend(weight: Float) {
            val upper = upper
            val lower = lower
            val made = made
            val rest = 1 - weight
            for (x in made.indices) made[x] = rest * upper[x] + weight * lower[x]
        }
    }
}
