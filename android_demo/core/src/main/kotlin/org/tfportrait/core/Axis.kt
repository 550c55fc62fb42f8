package org.tfportrait.core

/**
 * One shrinking axis: new pixel i averages what [i, i + 1) covers of the old ones.
 *
 * In whole numbers: with source / target = total / part in lowest terms, every overlap is a multiple of 1 / part, so
 * sums of weighted bytes are exact.
 */
internal class AreaAxis(source: Int, target: Int) {
    /** Old pixels first[i] until last[i] lie wholly inside new pixel i, each with weight [part] of [total]. */
    val first = IntArray(target)
    val last = IntArray(target)

    /** Weights, of [total], of pixels first[i] - 1 and last[i], which lie inside in part; 0 where there is none. */
    val head = IntArray(target)
    val tail = IntArray(target)
    val part: Int
    val total: Int

    init {
        require(target in 1..source) { "$source pixels cannot be averaged to $target" }
        var divisor = source
        var rest = target
        while (rest != 0) divisor = rest.also { rest = divisor % rest }
        part = target / divisor
        total = source / divisor
        for (i in 0 until target) {
            val from = i.toLong() * total // in parts of an old pixel
            val to = from + total
            first[i] = ((from + part - 1) / part).toInt()
            last[i] = (to / part).toInt()
            head[i] = (first[i].toLong() * part - from).toInt()
            tail[i] = (to - last[i].toLong() * part).toInt()
        }
    }

    /** What old pixel [cell] gives to new pixel [i], as a part of 1. */
    fun weight(i: Int, cell: Int): Float {
        val weight = if (cell < first[i]) head[i] else if (cell < last[i]) part else tail[i]
        return (weight.toDouble() / total).toFloat()
    }
}

/** One growing axis: half-pixel centers, the border repeated. New pixel i lies between old first[i] and second[i]. */
internal class LinearAxis(val source: Int, val target: Int) {
    val first = IntArray(target)
    val second = IntArray(target)
    val weight = FloatArray(target) // of the second

    init {
        val scale = source.toDouble() / target
        for (i in 0 until target) {
            val center = minOf(maxOf((i + 0.5) * scale - 0.5, 0.0), source - 1.0)
            first[i] = center.toInt()
            second[i] = minOf(first[i] + 1, source - 1)
            weight[i] = (center - first[i]).toFloat()
        }
    }
}
