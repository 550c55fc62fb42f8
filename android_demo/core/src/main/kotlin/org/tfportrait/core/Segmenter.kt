package org.tfportrait.core

/** A photo in, the alpha of its person out. Buffers are kept while the photos keep their size; one thread. */
class Segmenter(private val engine: Engine, private val fit: Fit) {
    val size = engine.size
    private val buffers = EngineBuffers(engine)
    private var views: Views? = null

    /** The last photo as the network sees it. */
    internal val fitted = IntArray(size * size)

    /** The last probability, at the network's size. */
    val mask = FloatArray(size * size)

    /** A photo by itself, with nobody before it. Fills [mask]. */
    fun segment(photo: Picture) {
        fit(photo)
        forget()
        run()
    }

    /** Fills [fitted]. */
    internal fun fit(photo: Picture) {
        val views = viewsOf(photo.width, photo.height)
        val box = views.box
        views.shrink.resize(photo.pixels, views.inner)
        if (views.inner === fitted) return
        fitted.fill(OPAQUE or GRAY)
        for (y in 0 until box.height) {
            views.inner.copyInto(fitted, (box.top + y) * size + box.left, y * box.width, (y + 1) * box.width)
        }
    }

    /** [fitted] and the previous mask to [mask]. */
    internal fun run() {
        for (i in fitted.indices) buffers.put(i, fitted[i])
        buffers.run(mask)
    }

    /** [mask], as it is now, is the previous one of the next [run]. A network that takes none is not given it. */
    internal fun remember() {
        if (engine.channels == WITH_PRIOR) for (i in mask.indices) buffers.putPrior(i, roundToByte(mask[i] * 255f))
    }

    /** The next [run] has no previous mask: nobody was there. */
    internal fun forget() {
        if (engine.channels == WITH_PRIOR) for (i in mask.indices) buffers.putPrior(i, 0)
    }

    /** [mask] at the size of the photo that it was made from; the array is used again for the next photo. */
    fun alpha(): FloatArray {
        val views = checkNotNull(views) { "segment a photo first" }
        views.enlarge.plane(mask, views.box.top * size + views.box.left, size, views.alpha)
        return views.alpha
    }

    private fun viewsOf(width: Int, height: Int): Views {
        val present = views
        if (present != null && present.width == width && present.height == height) return present
        return Views(width, height).also { views = it }
    }

    private inner class Views(val width: Int, val height: Int) {
        val box = fit.box(height, width, size)
        val shrink = Resizer(width, height, box.width, box.height)
        val inner = if (box.width == size && box.height == size) fitted else IntArray(box.width * box.height)
        val enlarge = Enlarger(box.width, box.height, width, height)
        val alpha = FloatArray(width * height)
    }

    private companion object {
        const val GRAY = Fit.PAD * 0x010101
    }
}
