package org.tfportrait.core

/**
 * One camera or video through a segmenter: each frame helps the next, until something cuts them apart.
 *
 * The same state as Python's inference/stream.py: the previous mask, as it was before any smoothing, for a network that
 * takes it, and the smoothing. All of it begins anew at a cut, after a gap or a jump in time, and where frames change
 * their size. Allocates nothing after its construction; one thread.
 */
class VideoStream(private val segmenter: Segmenter, private val smoother: Smoother?) {
    private val shrink = Resizer(segmenter.size, segmenter.size, SIDE, SIDE)
    private var thumbnail = IntArray(SIDE * SIDE)
    private var lastThumbnail = IntArray(SIDE * SIDE)
    private var lastWidth = 0 // of the frame before; 0 where there is none
    private var lastHeight = 0
    private var lastNanoseconds = 0L

    /** Fills the segmenter's mask. [nanoseconds]: when the frame was taken, on any clock. */
    fun segment(frame: Picture, nanoseconds: Long) {
        segmenter.fit(frame)
        shrink.resize(segmenter.fitted, thumbnail)
        if (!continues(frame, nanoseconds)) reset()
        keep(frame, nanoseconds)
        segmenter.run()
        segmenter.remember()
        smoother?.smooth(segmenter.mask, segmenter.fitted)
    }

    /** Forgets all frames so far, as at a cut. */
    fun reset() {
        lastWidth = 0
        segmenter.forget()
        smoother?.reset()
    }

    /** Whether a frame goes on with what the last one showed. */
    private fun continues(frame: Picture, nanoseconds: Long): Boolean =
        frame.hasSize(lastWidth, lastHeight) && nanoseconds - lastNanoseconds in 0L..GAP &&
            sceneChange(lastThumbnail, thumbnail) <= CUT

    private fun keep(frame: Picture, nanoseconds: Long) {
        val older = lastThumbnail
        lastThumbnail = thumbnail
        thumbnail = older
        lastWidth = frame.width
        lastHeight = frame.height
        lastNanoseconds = nanoseconds
    }

    private companion object {
        const val SIDE = 32
        const val CUT = 28.0 // gray levels between two thumbnails, in the mean: beyond it, another scene
        const val GAP = 500_000_000L // beyond it the older frame says nothing of the newer

        /** Mean difference of two pictures of one size, in gray levels. */
        fun sceneChange(one: IntArray, other: IntArray): Double {
            var sum = 0
            for (i in one.indices) {
                sum += Math.abs(red(one[i]) - red(other[i])) + Math.abs(green(one[i]) - green(other[i])) +
                    Math.abs(blue(one[i]) - blue(other[i]))
            }
            return sum / (3.0 * one.size)
        }
    }
}
