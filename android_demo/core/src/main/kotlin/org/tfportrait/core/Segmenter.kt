package org.tfportrait.core

/** A photo in, the alpha of its person out. Buffers are kept while the photos keep their size; one thread. */
class Segmenter(val engine: Engine, private val fit: Fit, private val smoother: Smoother? = null) {
    private val size = engine.size
    private val buffers = EngineBuffers(engine)
    private var views: Views? = null

    /** The last probability, at the network's size. */
    val mask = FloatArray(size * size)

    /** Fills [mask]. */
    fun segment(photo: Picture) {
        val views = viewsOf(photo.width, photo.height)
        views.shrink.resize(photo.pixels, views.fitted)
        val box = views.box
        for (y in 0 until size) for (x in 0 until size) {
            val inside = y >= box.top && y < box.bottom && x >= box.left && x < box.right
            buffers.put(y * size + x, if (inside) views.fitted[(y - box.top) * box.width + x - box.left] else GRAY)
        }
        buffers.run(mask)
        smoother?.smooth(mask)
    }

    /** [mask] at the size of the photo that it was made from; the array is used again for the next photo. */
    fun alpha(): FloatArray {
        val views = checkNotNull(views) { "segment a photo first" }
        views.enlarge.plane(mask, views.box.top * size + views.box.left, size, views.alpha)
        return views.alpha
    }

    /** After a change of camera, a rotation or a pause. */
    fun forget() {
        smoother?.reset()
    }

    private fun viewsOf(width: Int, height: Int): Views {
        val present = views
        if (present != null && present.width == width && present.height == height) return present
        smoother?.reset()
        return Views(width, height).also { views = it }
    }

    private inner class Views(val width: Int, val height: Int) {
        val box = fit.box(height, width, size)
        val shrink = Resizer(width, height, box.width, box.height)
        val fitted = IntArray(box.width * box.height)
        val enlarge = Enlarger(box.width, box.height, width, height)
        val alpha = FloatArray(width * height)
    }

    private companion object {
        const val GRAY = Fit.PAD * 0x010101
    }
}
