package org.tfportrait.core

/**
 * One way to run a network. [golden]: what it must give, null if that is not known. [open] may fail in any way, a
 * missing library included.
 */
class Choice(val name: String, val gpu: Boolean, val golden: () -> Golden?, val open: () -> Engine)

/** Why a choice was taken ([failure] null) or not. */
class Attempt(val name: String, val failure: String?)

/** An engine that has proven itself, and what was tried up to it; the last of [attempts] is its own. */
class Opened(val engine: Engine, val attempts: List<Attempt>, val proof: SelfTestResult?) {
    /** Its place among the choices. */
    val index: Int get() = attempts.size - 1

    /** For the overlay: what runs, and each failure on a line of its own. */
    fun describe(): String =
        (listOf(engine.description) + attempts.filter { it.failure != null }.map { "${it.name}: ${it.failure}" })
            .joinToString("\n")
}

/** Opens the first choice that loads and gives what Python's engine gives for the golden photo. */
object EngineChain {
    /** Throws PortraitException if none does. Without golden output a choice is trusted once it has run. */
    fun open(choices: List<Choice>, contract: Contract): Opened {
        val attempts = mutableListOf<Attempt>()
        for (choice in choices) {
            var engine: Engine? = null
            try {
                engine = choice.open()
                check(engine, contract)
                val proof = prove(engine, choice.golden(), contract, choice.gpu)
                attempts += Attempt(choice.name, null)
                return Opened(engine, attempts, proof)
            } catch (problem: Throwable) { // a missing library is a LinkageError, not an Exception
                close(engine)
                if (problem is OutOfMemoryError) throw problem
                attempts += Attempt(choice.name, sentence(problem))
            }
        }
        throw PortraitException(attempts.joinToString("\n") { "${it.name}: ${it.failure}" }.ifEmpty { "the contract names no .tflite file" })
    }

    private fun check(engine: Engine, contract: Contract) {
        val withPrior = engine.channels == WITH_PRIOR
        val problem = when {
            engine.size != contract.size -> "takes ${engine.size} pixels, the contract says ${contract.size}"
            withPrior && !contract.prior -> "takes a fourth channel, and the contract has no \"prior\" to say what it is"
            !withPrior && contract.prior -> "takes RGB alone, and the contract says that it takes the previous mask"
            else -> return
        }
        throw PortraitException("$problem; copy the whole export again")
    }

    private fun prove(engine: Engine, golden: Golden?, contract: Contract, gpu: Boolean): SelfTestResult? {
        if (golden == null) {
            EngineBuffers(engine).run(FloatArray(engine.size * engine.size))
            return null
        }
        val proof = SelfTest.run(engine, golden, contract, gpu)
        if (!proof.passed) throw PortraitException("wrong result: labels agree to ${proof.labelAgreement}")
        return proof
    }

    /** Runtimes add advice to developers line by line; the first line says what happened. */
    private fun sentence(problem: Throwable): String {
        if (problem is PortraitException) return problem.message.orEmpty()
        return "${problem.javaClass.simpleName}: ${problem.message.orEmpty().lines().first().substringBefore(". ")}"
    }

    private fun close(engine: Engine?) {
        try {
            engine?.close()
        } catch (ignored: RuntimeException) {
            // The failure that led here is the one to tell.
        }
    }
}
