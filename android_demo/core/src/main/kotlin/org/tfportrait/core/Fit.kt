package org.tfportrait.core

/** Where a photo lies inside the square that the network sees: [top] until [bottom], [left] until [right]. */
data class Box(val top: Int, val bottom: Int, val left: Int, val right: Int) {
    val width: Int get() = right - left
    val height: Int get() = bottom - top
}

/** How a photo is laid into the square; the names are those of model_contract.json. */
enum class Fit {
    STRETCH,
    LETTERBOX;

    fun box(height: Int, width: Int, size: Int): Box {
        if (this == STRETCH) return Box(0, size, 0, size)
        val scale = size / maxOf(height, width).toDouble()
        // Math.rint, not roundToInt: Python's round() goes to the even neighbor.
        val innerHeight = maxOf(1, Math.rint(height * scale).toInt())
        val innerWidth = maxOf(1, Math.rint(width * scale).toInt())
        val top = (size - innerHeight) / 2
        val left = (size - innerWidth) / 2
        return Box(top, top + innerHeight, left, left + innerWidth)
    }

    /** Two rows of the affine from photo pixels to network pixels, pixel centers at whole numbers. */
    fun matrix(height: Int, width: Int, size: Int): List<List<Double>> {
        val box = box(height, width, size)
        val x = box.width / width.toDouble()
        val y = box.height / height.toDouble()
        return listOf(listOf(x, 0.0, box.left + 0.5 * x - 0.5), listOf(0.0, y, box.top + 0.5 * y - 0.5))
    }

    companion object {
        /** Gray around a letter-boxed photo. */
        const val PAD = 128

        fun of(name: String): Fit =
            values().firstOrNull { it.name.equals(name, ignoreCase = true) }
                ?: throw PortraitException("fit \"$name\" is unknown; this app knows stretch and letterbox")
    }
}
