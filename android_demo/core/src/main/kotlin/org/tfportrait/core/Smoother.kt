package org.tfportrait.core

/**
 * Temporal smoothing at the network's size: the previous mask helps where the current one does not know, and where nothing
 * moves. Allocates only when the size of the masks changes.
 */
class Smoother(private val ratio: Float, hold: Float = HOLD) {
    /** Weights of the previous mask by the change of the picture, the last one for all above it. */
    private val holds = FloatArray(MOVED + 1) { hold * minOf(1f, (MOVED - it) / (MOVED - RESTS).toFloat()) }
    private var previous = FloatArray(0)
    private var photo = IntArray(0)
    private var changes = IntArray(0)
    private var along = IntArray(0)
    private var side = 0
    private var isFresh = true

    init {
        require(ratio in 0f..1f) { "ratio $ratio must be in 0..1" }
    }

    /** In place. [fitted]: the square picture that the mask is of. The first mask, or one of another size, passes as it is. */
    fun smooth(mask: FloatArray, fitted: IntArray) {
        if (previous.size != mask.size) resize(mask.size)
        if (isFresh) {
            fitted.copyInto(photo)
        } else {
            see(fitted)
            for (i in mask.indices) {
                val sure = 2f * mask[i] - 1f
                val doubt = ratio * (1f - sure * sure)
                val hold = holds[changes[i]]
                mask[i] += (if (hold > doubt) hold else doubt) * (previous[i] - mask[i])
            }
        }
        isFresh = false
        mask.copyInto(previous)
    }

    /** Forgets the masks so far; keeps the memory. */
    fun reset() {
        isFresh = true
    }

    private fun resize(size: Int) {
        side = Math.sqrt(size.toDouble()).toInt()
        previous = FloatArray(size)
        photo = IntArray(size)
        changes = IntArray(size)
        along = IntArray(size)
        isFresh = true
    }

    /** Fills [changes]: the largest of each pixel's colors and of those around it, [MOVED] at most. Keeps the photo. */
    private fun see(fitted: IntArray) {
        for (i in changes.indices) {
            changes[i] = minOf(MOVED, change(photo[i], fitted[i]))
        }
        fitted.copyInto(photo)
        spread(changes, along, 1, side)
        spread(along, changes, side, 1)
    }

    /** The largest of each value and its two neighbors along lines: [step] from one to the next, [skip] from line to line. */
    private fun spread(from: IntArray, into: IntArray, step: Int, skip: Int) {
        for (line in 0 until side) {
            var i = line * skip
            for (k in 0 until side) {
                var most = from[i]
                if (k > 0 && from[i - step] > most) most = from[i - step]
                if (k < side - 1 && from[i + step] > most) most = from[i + step]
                into[i] = most
                i += step
            }
        }
    }

    private companion object {
        const val HOLD = 0.85f // weight of the previous mask where the picture rests
        const val RESTS = 2 // gray levels of change up to which a pixel rests
        const val MOVED = 6 // and from which on it has moved

        fun change(one: Int, other: Int): Int = maxOf(
            Math.abs(red(one) - red(other)),
            maxOf(Math.abs(green(one) - green(other)), Math.abs(blue(one) - blue(other))),
        )
    }
}
