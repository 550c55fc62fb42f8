package org.tfportrait.core

/** Temporal smoothing at the network's size: the previous mask helps where the current one does not know. */
class Smoother(private val ratio: Float) {
    private var previous = FloatArray(0)
    private var isFresh = true

    init {
        require(ratio in 0f..1f) { "ratio $ratio must be in 0..1" }
    }

    /** In place. The first mask, or one of another size, passes as it is. */
    fun smooth(mask: FloatArray) {
        if (previous.size != mask.size) {
            previous = FloatArray(mask.size)
            isFresh = true
        }
        if (!isFresh) {
            for (i in mask.indices) {
                val sure = 2f * mask[i] - 1f
                mask[i] += ratio * (1f - sure * sure) * (previous[i] - mask[i])
            }
        }
        isFresh = false
        mask.copyInto(previous)
    }

    /** Forgets the masks so far; keeps the memory. */
    fun reset() {
        isFresh = true
    }
}
