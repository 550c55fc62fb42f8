package org.tfportrait.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.io.FileNotFoundException
import java.nio.ByteBuffer

/** The tiny export of vectors/, whole and damaged in every way that a sentence has to answer. */
class ExportTest {
    private val files = MemoryFiles()
    private val videoFiles = MemoryFiles(VIDEO)
    private val model = "tiny_int8.tflite"

    private fun export() = Export(files, "model")

    private fun video() = Export(videoFiles, VIDEO)

    private fun sentence(action: () -> Unit): String = assertThrows(PortraitException::class.java) { action() }.message!!

    private fun change(edit: (JSONObject) -> Unit) = change(files, "model", edit)

    private fun change(files: MemoryFiles, folder: String, edit: (JSONObject) -> Unit) {
        val json = JSONObject(String(files.contents.getValue("$folder/model_contract.json")))
        edit(json)
        files.contents["$folder/model_contract.json"] = json.toString().toByteArray()
    }

    @Test
    fun theContractIsRead() {
        val contract = export().contract
        assertEquals(32, contract.size)
        assertEquals(Fit.LETTERBOX, contract.fit)
        assertEquals(0.5f, contract.threshold)
        assertEquals(0.8f, contract.smoothing)
        assertEquals(listOf("tiny_float32.tflite", model), contract.files.map { it.name })
        assertEquals(listOf(false, true), contract.files.map { it.quantized })
        assertTrue(contract.files.all { it.operations > 0 })
        assertTrue("/model" in Export.folders(files, ""))
    }

    @Test
    fun theGoldenPhotoAndOutputAreRead() {
        val golden = export().golden(model)!!
        val photo = files.contents.getValue("model/golden/photo.rgb")
        assertEquals(photo[3 * 40].toInt() and 0xff, red(golden.photo.pixels[40]))
        assertEquals(photo[3 * 40 + 2].toInt() and 0xff, blue(golden.photo.pixels[40]))
        assertEquals(32 * 32, golden.expected.size)
        change { it.remove("golden") }
        assertNull(export().golden(model))
    }

    @Test
    fun eachFileSaysHowFarAnEngineMayMiss() {
        fun labels() = export().golden(model)!!.tolerances.cpu.labelAgreement
        assertEquals(0.999, labels(), 0.0)
        fun golden(json: JSONObject) = json.getJSONObject("files").getJSONObject(model).getJSONObject("golden")
        change { golden(it).getJSONObject("tolerance").getJSONObject("cpu").put("label_agreement", 0.75) }
        assertEquals(0.75, labels(), 0.0)
        change { // an old export has one for all
            golden(it).remove("tolerance")
            it.getJSONObject("golden").getJSONObject("tolerance").getJSONObject("cpu").put("label_agreement", 0.5)
        }
        assertEquals(0.5, labels(), 0.0)
        change { it.getJSONObject("golden").remove("tolerance") }
        assertEquals(0.999, labels(), 0.0)
    }

    @Test
    fun aFlippedByteIsFound() {
        files.contents.getValue("model/$model").let { it[it.size / 2] = (it[it.size / 2] + 1).toByte() }
        val told = sentence { export().model(model) }
        assertTrue(told, told.startsWith("model/$model: damaged or from another export") && told.endsWith("copy the whole export again"))
    }

    @Test
    fun missingFilesAreNamed() {
        files.contents.remove("model/$model")
        assertTrue(sentence { export().model(model) }.startsWith("model/$model: cannot be read"))
        files.contents.remove("model/golden/photo.rgb")
        assertTrue(sentence { export().golden("tiny_float32.tflite") }.startsWith("model/golden/photo.rgb: cannot be read"))
        files.contents.remove("model/model_contract.json")
        assertTrue(sentence { export() }.startsWith("model/model_contract.json: cannot be read"))
    }

    @Test
    fun aFileThatIsNoModelIsNamedEvenWithTheRightHash() {
        val text = "not a model at all".toByteArray()
        files.contents["model/$model"] = text
        change { it.getJSONObject("files").getJSONObject(model).put("sha256", sha256(ByteBuffer.wrap(text))) }
        assertEquals("model/$model: not a .tflite file; export it again", sentence { export().model(model) })
        assertTrue("not named" in sentence { export().model("other.tflite") })
    }

    @Test
    fun aDamagedContractIsASentence() {
        val path = "model/model_contract.json"
        val good = files.contents.getValue(path)
        for (text in listOf("", "{", "[]", "{\"version\": 1}", String(good).replace("\"fit\"", "\"fits\""))) {
            files.contents[path] = text.toByteArray()
            assertTrue(text.take(20), sentence { export() }.startsWith("$path: damaged or no contract"))
        }
        files.contents[path] = good
        change { it.put("version", 2) }
        assertTrue("version 2, this app reads 1" in sentence { export() })
        files.contents[path] = good
        change { it.getJSONObject("input").put("fit", "crop") }
        assertTrue("fit \"crop\" is unknown" in sentence { export() })
        files.contents[path] = good
        change { it.getJSONObject("input").put("height", 48) }
        assertTrue("32 x 48 pixels" in sentence { export() })
    }

    @Test
    fun thePreviousMaskIsReadWhereTheContractSaysSo() {
        assertEquals(false, export().contract.prior)
        assertNull(export().golden(model)!!.prior)
        assertTrue(video().contract.prior)
        assertTrue(videoFiles.contents.getValue("$VIDEO/golden/prior.gray").contentEquals(video().golden(model)!!.prior))
    }

    @Test
    fun aGoldenPriorThatIsMissingOrOfAnotherLengthIsNamed() {
        val path = "$VIDEO/golden/prior.gray"
        val content = videoFiles.contents.getValue(path)
        for (other in listOf(content.copyOf(1000), ByteArray(0), content + content)) {
            videoFiles.contents[path] = other
            assertTrue("damaged or from another export" in sentence { video().golden(model) })
            change(videoFiles, VIDEO) {
                it.getJSONObject("golden").getJSONObject("prior").put("sha256", sha256(ByteBuffer.wrap(other)))
            }
            assertEquals("$path: ${other.size} bytes do not fit 32 x 32 pixels; export it again", sentence { video().golden(model) })
        }
        videoFiles.contents.remove(path)
        assertTrue(sentence { video().golden(model) }.startsWith("$path: cannot be read"))
        change(videoFiles, VIDEO) { it.getJSONObject("golden").remove("prior") }
        assertTrue("model_contract.json: the golden photo has no prior, the mask before it" in sentence { video() })
    }

    @Test
    fun aPriorThatTheAppDoesNotKnowIsRefused() {
        change(videoFiles, VIDEO) { it.getJSONObject("prior").put("first_frame", 128) }
        assertTrue("a first frame's prior of 128, this app gives 0" in sentence { video() })
        for (other in listOf(4, "fourth channel", JSONObject())) {
            change(videoFiles, VIDEO) { it.put("prior", other) }
            assertTrue("$other", "model_contract.json: damaged or no contract" in sentence { video() })
        }
    }

    private companion object {
        const val VIDEO = "video/model"
    }

    @Test
    fun goldenOutputOfAnotherSizeIsNamed() {
        change { json -> json.getJSONObject("input").put("width", 16).put("height", 16) }
        assertTrue("do not fit 16 x 16" in sentence { export().golden(model) })
    }
}

/** The folder vectors/model, or the one with a prior, in memory so that a test can damage it. */
class MemoryFiles(folder: String = "model") : Files {
    val contents: MutableMap<String, ByteArray> = File(Vectors.folder, folder).walk().filter { it.isFile }
        .associateTo(mutableMapOf()) { it.relativeTo(Vectors.folder).path to it.readBytes() }

    override fun list(folder: String): List<String> =
        contents.keys.map { "/$it" }.filter { it.startsWith("/${folder.trim('/')}/".replace("//", "/")) }
            .map { it.removePrefix("/${folder.trim('/')}/".replace("//", "/")).substringBefore('/') }.distinct()

    override fun read(path: String): ByteBuffer =
        ByteBuffer.wrap(contents[path.trim('/')] ?: throw FileNotFoundException("no such file"))
}
