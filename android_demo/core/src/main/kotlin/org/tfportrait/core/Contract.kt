package org.tfportrait.core

import org.json.JSONException
import org.json.JSONObject

/** A file beside the contract, and the SHA-256 that it must have. */
class Entry(val file: String, val sha256: String)

/**
 * One .tflite of an export. [operations]: of its graph, 0 if the contract does not say. [golden]: what Python's engine
 * gave for the golden photo, null in old exports. [tolerances]: what the file allows there.
 */
class ModelFile(
    val name: String,
    val sha256: String,
    val quantized: Boolean,
    val operations: Int,
    val golden: Entry?,
    val tolerances: Tolerances,
)

/** How far an engine may be from Python's and still be trusted. */
class Tolerance(val labelAgreement: Double, val meanDifference: Double)

/** By what runs a file. */
class Tolerances(val cpu: Tolerance, val gpu: Tolerance)

/**
 * model_contract.json: what an app has to know about the files beside it. [prior]: whether they take the previous mask, as
 * a fourth channel that is 0 at the first frame; then [goldenPrior] is the one before the golden photo.
 */
class Contract(
    val size: Int,
    val fit: Fit,
    val prior: Boolean,
    val threshold: Float,
    val smoothing: Float,
    val files: List<ModelFile>,
    val goldenPhoto: Entry?,
    val goldenPrior: Entry?,
) {
    companion object {
        const val NAME = "model_contract.json"
        private const val VERSION = 1
        private const val AGAIN = "export the model again with pipelines/quantize_export.py"

        /** [path] is for the messages. Throws PortraitException if the text is no contract that this app knows. */
        fun parse(text: String, path: String): Contract = try {
            read(JSONObject(text), path)
        } catch (problem: JSONException) {
            throw PortraitException("$path: damaged or no contract (${problem.message}); $AGAIN", problem)
        }

        private fun read(json: JSONObject, path: String): Contract {
            val version = json.getInt("version")
            if (version != VERSION) throw PortraitException("$path: version $version, this app reads $VERSION; $AGAIN")
            val input = json.getJSONObject("input")
            val size = input.getInt("width")
            if (size < 1 || size != input.getInt("height")) {
                throw PortraitException("$path: input of $size x ${input.getInt("height")} pixels; this app needs a square")
            }
            val golden = json.optJSONObject("golden")
            val prior = takesPrior(json, path)
            if (prior && golden?.has("prior") == false) {
                throw PortraitException("$path: the golden photo has no prior, the mask before it; $AGAIN")
            }
            return Contract(
                size,
                Fit.of(input.getString("fit")),
                prior,
                json.getJSONObject("output").getDouble("threshold").toFloat(),
                json.getJSONObject("smoothing").getDouble("ratio").toFloat(),
                modelsOf(json.getJSONObject("files"), golden?.optJSONObject("tolerance")),
                golden?.let { entry(it.getJSONObject("photo")) },
                golden?.takeIf { prior }?.let { entry(it.getJSONObject("prior")) },
            )
        }

        private fun takesPrior(json: JSONObject, path: String): Boolean {
            if (!json.has("prior")) return false
            val first = json.getJSONObject("prior").getInt("first_frame")
            if (first == 0) return true
            throw PortraitException("$path: a first frame's prior of $first, this app gives 0, nobody; $AGAIN")
        }

        /** [common]: tolerance of files that say none of their own, as in old exports. */
        private fun modelsOf(files: JSONObject, common: JSONObject?): List<ModelFile> =
            files.keys().asSequence().filter { it.endsWith(".tflite") }.sorted().map { name ->
                val facts = files.getJSONObject(name)
                val type = facts.getJSONObject("input_tensor").getString("dtype")
                val golden = facts.optJSONObject("golden")
                val allowed = tolerancesOf(golden?.optJSONObject("tolerance") ?: common)
                val operations = facts.optInt("operations")
                ModelFile(name, facts.getString("sha256"), type == "uint8", operations, golden?.let { entry(it) }, allowed)
            }.toList()

        private fun tolerancesOf(json: JSONObject?) = Tolerances(
            toleranceOf(json?.getJSONObject("cpu"), 0.999, 0.004), toleranceOf(json?.getJSONObject("gpu"), 0.99, 0.02),
        )

        private fun toleranceOf(json: JSONObject?, labels: Double, difference: Double) =
            Tolerance(json?.getDouble("label_agreement") ?: labels, json?.getDouble("mean_difference") ?: difference)

        private fun entry(json: JSONObject) = Entry(json.getString("file"), json.getString("sha256"))
    }
}
