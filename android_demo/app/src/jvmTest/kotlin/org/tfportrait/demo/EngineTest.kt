package org.tfportrait.demo

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.tfportrait.core.Compositor
import org.tfportrait.core.Effect
import org.tfportrait.core.Export
import org.tfportrait.core.Files
import org.tfportrait.core.Frame
import org.tfportrait.core.Golden
import org.tfportrait.core.LivePipeline
import org.tfportrait.core.Npy
import org.tfportrait.core.Picture
import org.tfportrait.core.Plane
import org.tfportrait.core.PortraitException
import org.tfportrait.core.Processor
import org.tfportrait.core.Segmenter
import org.tfportrait.core.SelfTest
import org.tfportrait.core.Smoother
import org.tfportrait.core.Vectors
import org.tfportrait.core.WITH_PRIOR
import org.tfportrait.core.masksOf
import java.awt.image.BufferedImage
import java.io.File
import java.nio.ByteBuffer
import javax.imageio.ImageIO

/** The app's own engine with the APK's own x86_64 library, on a desktop JVM, against Python. build.sh prepares it. */
class EngineTest {
    private val reference = File(System.getProperty("reference") ?: "nowhere")
    private val pictures = File(System.getProperty("pictures") ?: "nowhere")
    private val assets = FolderFiles(File(Vectors.folder.parentFile, "android_demo/app/src/main/assets"))
    private val models by lazy { Models(assets) }

    @Before
    fun theLibraryIsHere() = assumeTrue("build.sh prepares the library and the reference", reference.isDirectory)

    private fun files() = models.choices.filter { it.file != null }

    private fun open(choice: ModelChoice, processor: Processor = Processor.CPU, threads: Int = 1) =
        models.open(EngineSettings(choice, processor, threads))

    private fun expected(choice: ModelChoice, what: String) =
        File(reference, "${choice.folder.substringAfterLast('/')}_${choice.file!!.removeSuffix(".tflite")}_$what")

    @Test
    fun everyFileGivesPythonsMaskAndPicture() {
        val photo = read(File(reference, "photo.png"))
        assertTrue("no models", files().isNotEmpty())
        for (choice in files()) {
            val opened = open(choice)
            opened.engine.use { engine ->
                val segmenter = Segmenter(engine, models.export(choice).contract.fit)
                segmenter.segment(photo)
                val mask = Npy(expected(choice, "mask.npy")).floats()
                val differences = FloatArray(mask.size) { Math.abs(mask[it] - segmenter.mask[it]) }
                val labels = mask.indices.count { (mask[it] > 0.5f) == (segmenter.mask[it] > 0.5f) } / mask.size.toDouble()
                val result = Picture(photo.width, photo.height, photo.pixels.copyOf())
                Compositor(photo.width, photo.height).blur(photo, segmenter.alpha(), 15f, result)
                val python = read(expected(choice, "blurred.png"))
                val share = python.pixels.indices.count { python.pixels[it] != result.pixels[it] } / python.pixels.size.toDouble()
                println("${choice.file}: mask differs by ${differences.max()}, labels agree to $labels, $share of the pixels differ\n  ${opened.describe()}")
                write(result, "${choice.file}.png")
                if (engine.quantized) assertArrayEquals(mask, segmenter.mask, 0f)
                assertTrue("labels agree to $labels", labels >= 0.999)
                assertTrue("pixels differ by ${worst(python, result)}", worst(python, result) <= 1)
                assertTrue("$share of the pixels differ", share < 0.01)
            }
        }
    }

    @Test
    fun theTinyModelsOfTheVectorsAgree() {
        val export = Export(FolderFiles(Vectors.folder), "model")
        for (case in Vectors.cases.filter { it.operation == "segment" }) {
            val name = case.text("model").substringAfterLast('/')
            LiteEngine(export.model(name), name, 0, 1, null).use { engine ->
                val segmenter = Segmenter(engine, export.contract.fit)
                segmenter.segment(case.input("photo").picture())
                case.check(DoubleArray(segmenter.mask.size) { segmenter.mask[it].toDouble() })
                val result = SelfTest.run(engine, export.golden(name)!!, export.contract, gpu = false)
                assertTrue(result.toString(), result.passed)
                assertTrue("$name: not exact", result.exact || !engine.quantized)
            }
        }
    }

    @Test
    fun theGoldenVideoIsReproduced() {
        val export = Export(FolderFiles(Vectors.folder), "video/model")
        for (case in Vectors.videos) {
            val name = case.text("model").substringAfterLast('/')
            LiteEngine(export.model(name), name, 0, 1, null).use { engine ->
                assertEquals(WITH_PRIOR, engine.channels)
                case.check(masksOf(case, Segmenter(engine, export.contract.fit)))
                val golden = export.golden(name)!!
                val result = SelfTest.run(engine, golden, export.contract, gpu = false)
                assertTrue("$name: $result", result.passed && (result.exact || !engine.quantized))
                val nobody = Golden(golden.photo, null, golden.expected, golden.sha256, golden.tolerances)
                assertTrue("$name passes without its prior", !SelfTest.run(engine, nobody, export.contract, false).passed)
            }
        }
    }

    @Test
    fun aSyntheticCameraGoesThroughAllOfIt() {
        val choice = files().first { "int8" in it.file!! }
        val photo = read(File(reference, "photo.png"))
        val export = models.export(choice)
        val plain = open(choice).engine.use { engine ->
            Segmenter(engine, export.contract.fit).let { it.segment(photo); it.mask.copyOf() }
        }
        for ((turn, mirror) in listOf(90 to false, 270 to true, 0 to false, 180 to true)) {
            open(choice).engine.use { engine ->
                val segmenter = Segmenter(engine, export.contract.fit)
                val pipeline = LivePipeline(segmenter, Smoother(export.contract.smoothing))
                val frame = cameraFrame(photo, turn, mirror)
                repeat(LivePipeline.UNTRUSTED) { pipeline.process(frame, Effect.Blur(30)) }
                val shown = pipeline.process(frame, Effect.Blur(30))!!
                write(shown, "camera_$turn${if (mirror) "_mirrored" else ""}.png")
                assertEquals(photo.width to photo.height, shown.width to shown.height)
                val size = engine.size
                val agree = plain.indices.count { at ->
                    val there = if (mirror) at / size * size + size - 1 - at % size else at
                    (plain[at] > 0.5f) == (segmenter.mask[there] > 0.5f)
                } / plain.size.toDouble()
                assertTrue("turn $turn, mirror $mirror: labels agree to $agree", agree > 0.97)
            }
        }
    }

    @Test
    fun aMissingGpuLibraryFallsBackToTheCpuAndSaysSo() {
        val opened = open(ModelChoice(models.choices.first().folder, null), Processor.GPU)
        opened.engine.use {
            assertTrue(opened.describe(), "on CPU" in opened.describe().lines().first())
            assertTrue(opened.describe(), "on GPU: UnsatisfiedLinkError" in opened.describe())
            assertEquals(false, opened.candidate.gpu)
        }
    }

    @Test
    fun theOverlayTellsWhatReallyRuns() {
        val choice = files().first { "int8" in it.file!! }
        val opened = open(choice, threads = 4)
        opened.engine.use { engine ->
            println(opened.describe())
            assertTrue(engine.description, "XNNPACK has the graph" in engine.description)
            assertTrue(engine.description, "1 thread (4 asked for)" in engine.description) // XNNPACK of 2.16.1 takes one
        }
    }

    @Test
    fun theSelfTestPassesAndFailsWhereTheChannelsAreSwapped() {
        for (choice in files()) {
            val export = models.export(choice)
            val golden = export.golden(choice.file!!)!!
            open(choice).engine.use { engine ->
                val result = SelfTest.run(engine, golden, export.contract, gpu = false, runs = 10)
                println("${choice.file}: $result")
                assertTrue(result.toString(), result.passed)
                assertTrue("int8 is not exact", result.exact || !engine.quantized)
                val swapped = Picture(golden.photo.width, golden.photo.height, IntArray(golden.photo.pixels.size) {
                    val pixel = golden.photo.pixels[it]
                    (pixel and 0xff00ff00.toInt()) or (pixel shr 16 and 0xff) or (pixel and 0xff shl 16)
                })
                val wrong = Golden(swapped, golden.prior, golden.expected, golden.sha256, golden.tolerances)
                assertTrue("swapped channels pass", !SelfTest.run(engine, wrong, export.contract, false).passed)
            }
        }
    }

    @Test
    fun aDamagedFileIsASentenceWithItsName() {
        val model = "model/tiny_int8.tflite"
        val good = File(Vectors.folder, model).readBytes()
        val cut = ByteBuffer.allocateDirect(good.size / 2).put(good, 0, good.size / 2).apply { position(0) }
        try {
            LiteEngine(cut, model, 0, 1, null).close()
            throw AssertionError("half a file was opened")
        } catch (problem: PortraitException) {
            assertTrue(problem.message, problem.message!!.startsWith("$model: damaged"))
        }
    }

    private fun worst(one: Picture, other: Picture) = one.pixels.indices.maxOf { at ->
        listOf(0, 8, 16).maxOf { Math.abs((one.pixels[at] shr it and 0xff) - (other.pixels[at] shr it and 0xff)) }
    }

    private fun read(file: File): Picture = ImageIO.read(file).let { image ->
        Picture(image.width, image.height, image.getRGB(0, 0, image.width, image.height, null, 0, image.width))
    }

    private fun write(picture: Picture, name: String) {
        val image = BufferedImage(picture.width, picture.height, BufferedImage.TYPE_INT_RGB)
        image.setRGB(0, 0, picture.width, picture.height, picture.pixels, 0, picture.width)
        ImageIO.write(image, "png", File(pictures, name))
    }
}

/** A folder on this machine in the place of an app's assets. */
class FolderFiles(private val root: File) : Files {
    override fun list(folder: String): List<String> = File(root, folder).list().orEmpty().toList()

    override fun read(path: String): ByteBuffer = File(root, path).readBytes().let { bytes ->
        ByteBuffer.allocateDirect(bytes.size).put(bytes).apply { position(0) }
    }
}

/** An upright picture as a sensor would give it that has to be turned by [turn] and mirrored: NV21, padded rows. */
fun cameraFrame(upright: Picture, turn: Int, mirror: Boolean): Frame {
    val width = if (turn % 180 == 0) upright.width else upright.height
    val height = upright.width + upright.height - width
    fun pixel(x: Int, y: Int): Int { // of the sensor, where [upright] has already been mirrored back
        val (shownX, shownY) = when (turn) {
            0 -> x to y
            90 -> height - 1 - y to x
            180 -> width - 1 - x to height - 1 - y
            else -> y to width - 1 - x
        }
        return upright.pixels[shownY * upright.width + shownX]
    }
    val stride = width + 32
    val luma = ByteBuffer.allocateDirect(stride * height)
    val chroma = ByteBuffer.allocateDirect(stride * height / 2)
    for (y in 0 until height) for (x in 0 until width) {
        val pixel = pixel(x, y)
        val (r, g, b) = listOf(pixel shr 16 and 0xff, pixel shr 8 and 0xff, pixel and 0xff)
        luma.put(y * stride + x, Math.round(0.299 * r + 0.587 * g + 0.114 * b).toByte())
        if (x % 2 == 0 && y % 2 == 0) {
            val at = y / 2 * stride + x
            chroma.put(at, Math.round(128 + 0.5 * r - 0.418688 * g - 0.081312 * b).coerceAtMost(255).toByte())
            chroma.put(at + 1, Math.round(128 - 0.168736 * r - 0.331264 * g + 0.5 * b).coerceAtMost(255).toByte())
        }
    }
    val v = chroma.duplicate().apply { position(0) }.slice()
    val u = chroma.duplicate().apply { position(1) }.slice()
    return Frame(width, height, Plane(luma, stride, 1), Plane(u, stride, 2), Plane(v, stride, 2), turn, mirror, 0)
}
