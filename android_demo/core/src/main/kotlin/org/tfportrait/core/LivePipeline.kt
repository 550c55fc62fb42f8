package org.tfportrait.core

/**
 * A camera frame as it comes: planes, size, how it is turned to stand upright, and when it was taken, on the camera's own
 * clock. Valid during the call only.
 */
class Frame(
    val width: Int,
    val height: Int,
    val y: Plane,
    val u: Plane,
    val v: Plane,
    val turn: Int,
    val mirror: Boolean,
    val nanoseconds: Long,
    val fullRange: Boolean = true,
)

/**
 * Frames in, finished pictures out. The mask is applied to the frame that it was computed from, and both are turned and
 * mirrored before the network sees them, so that they cannot disagree. One thread; allocates when the size changes.
 */
class LivePipeline(private val segmenter: Segmenter, smoother: Smoother? = null) {
    private val stream = VideoStream(segmenter, smoother)
    val modelLatency = Latency()
    val totalLatency = Latency()
    private var converter: YuvConverter? = null
    private var picture: Picture? = null
    private var painter: EffectPainter? = null
    private var untrusted = UNTRUSTED

    /** The picture to show, which is used again for the next frame; null for the first frames of a camera. */
    fun process(frame: Frame, effect: Effect): Picture? {
        if (untrusted > 0) { // dark, green or half exposed: they would stay in the next masks
            untrusted--
            return null
        }
        val started = System.nanoTime()
        val picture = pictureOf(frame)
        converterOf(frame).convert(frame.y, frame.u, frame.v, frame.fullRange, frame.turn, frame.mirror, picture)
        if (effect !is Effect.None) {
            val before = System.nanoTime()
            stream.segment(picture, frame.nanoseconds)
            modelLatency.add(System.nanoTime() - before)
            painterOf(picture).paint(effect, picture, segmenter.alpha())
        }
        totalLatency.add(System.nanoTime() - started)
        return picture
    }

    /** After a change of camera, a rotation or a pause: nothing of before may show. */
    fun restart() {
        untrusted = UNTRUSTED
        stream.reset()
        modelLatency.reset()
        totalLatency.reset()
    }

    private fun pictureOf(frame: Frame): Picture {
        val width = if (frame.turn % 180 == 0) frame.width else frame.height
        val height = frame.width + frame.height - width
        return picture?.takeIf { it.hasSize(width, height) } ?: Picture(width, height).also { picture = it }
    }

    private fun converterOf(frame: Frame): YuvConverter =
        converter?.takeIf { it.width == frame.width && it.height == frame.height }
            ?: YuvConverter(frame.width, frame.height).also { converter = it }

    private fun painterOf(picture: Picture): EffectPainter =
        painter?.takeIf { it.width == picture.width && it.height == picture.height }
            ?: EffectPainter(picture.width, picture.height).also { painter = it }

    companion object {
        /** Frames that are dropped after a camera starts. */
        const val UNTRUSTED = 3
    }
}
