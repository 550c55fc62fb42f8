package org.tfportrait.core

/** What the user lets run the network; a GPU always has the CPU behind it. */
enum class Processor { GPU, CPU }

/** A file of an export on one processor. */
data class Candidate(val file: String, val gpu: Boolean) {
    override fun toString(): String = "$file on ${if (gpu) "GPU" else "CPU"}"
}

/**
 * What is tried, in order. [file] null leaves the choice of the file to the app: float16 on a GPU, which computes in it
 * anyway, then int8 on the CPU, then whatever is there.
 */
fun engineOrder(contract: Contract, file: String?, processor: Processor): List<Candidate> {
    val names = contract.files.map { it.name }
    val float = contract.files.filter { !it.quantized }.map { it.name }
    val onGpu = if (file != null) listOf(file) else (float.filter { "float16" in it } + float).take(1)
    val onCpu = if (file != null) listOf(file) else contract.files.sortedByDescending { it.quantized }.map { it.name }
    val gpu = onGpu.filter { it in names && processor == Processor.GPU }.map { Candidate(it, gpu = true) }
    return gpu + onCpu.filter { it in names }.map { Candidate(it, gpu = false) }
}
