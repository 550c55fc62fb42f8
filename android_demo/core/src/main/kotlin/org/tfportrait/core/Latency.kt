package org.tfportrait.core

/** The last [window] durations of one stage; nothing is allocated after construction. */
class Latency(private val window: Int = 60) {
    private val values = LongArray(window)
    private val sorted = LongArray(window)
    private var seen = 0

    fun add(nanoseconds: Long) {
        values[seen % window] = nanoseconds
        seen++
        if (seen == 2 * window) seen = window // the count never overflows
    }

    /** The value that [percent] of the durations do not exceed, in milliseconds; 0 before the first. */
    fun milliseconds(percent: Int): Double {
        val count = minOf(seen, window)
        if (count == 0) return 0.0
        values.copyInto(sorted, 0, 0, count)
        java.util.Arrays.sort(sorted, 0, count)
        return sorted[maxOf(0, (count * percent + 99) / 100 - 1)] / 1e6
    }

    fun reset() {
        seen = 0
    }
}
