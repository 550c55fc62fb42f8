package org.tfportrait.demo

import org.tensorflow.lite.gpu.GpuDelegate
import org.tfportrait.core.Candidate
import org.tfportrait.core.Choice
import org.tfportrait.core.Engine
import org.tfportrait.core.EngineChain
import org.tfportrait.core.Export
import org.tfportrait.core.Files
import org.tfportrait.core.Opened
import org.tfportrait.core.PortraitException
import org.tfportrait.core.Processor
import org.tfportrait.core.engineOrder

/** An export, and one of its files or null for whichever suits the processor. */
data class ModelChoice(val folder: String, val file: String?)

/** What the user chose to run. */
data class EngineSettings(val model: ModelChoice, val processor: Processor, val threads: Int)

/** An engine that has proven itself, and which candidate it is. */
class OpenedModel(val candidate: Candidate, private val opened: Opened) {
    val engine: Engine get() = opened.engine

    fun describe(): String = opened.describe()
}

/** The exports in assets/models, and engines for them. */
class Models(private val files: Files) {
    /** Every choice, and a sentence for each export that cannot be used. */
    val choices = mutableListOf<ModelChoice>()
    val problems = mutableListOf<String>()
    private val exports = mutableMapOf<String, Export>()

    init {
        for (folder in Export.folders(files, ROOT)) {
            try {
                val export = Export(files, folder)
                exports[folder] = export
                choices += ModelChoice(folder, null)
                choices += export.contract.files.map { ModelChoice(folder, it.name) }
            } catch (problem: PortraitException) {
                problems += problem.message.orEmpty()
            }
        }
    }

    fun export(choice: ModelChoice): Export = exports.getValue(choice.folder)

    /** Opens, on the calling thread, the first engine that proves itself. Throws PortraitException if none does. */
    fun open(settings: EngineSettings): OpenedModel {
        val export = export(settings.model)
        val order = engineOrder(export.contract, settings.model.file, settings.processor)
        val choices = order.map { candidate ->
            Choice(candidate.toString(), candidate.gpu, { export.golden(candidate.file) }) {
                open(export, candidate, settings.threads)
            }
        }
        val opened = EngineChain.open(choices, export.contract)
        return OpenedModel(order[opened.index], opened)
    }

    private fun open(export: Export, candidate: Candidate, threads: Int): LiteEngine {
        val model = export.model(candidate.file)
        val operations = export.contract.files.first { it.name == candidate.file }.operations
        return LiteEngine(model, candidate.file, operations, threads, if (candidate.gpu) GpuDelegate() else null)
    }

    private companion object {
        const val ROOT = "models"
    }
}
