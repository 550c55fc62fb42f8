package org.tfportrait.demo

import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.HandlerThread
import org.tfportrait.core.Effect
import org.tfportrait.core.EffectPainter
import org.tfportrait.core.Frame
import org.tfportrait.core.LivePipeline
import org.tfportrait.core.Picture
import org.tfportrait.core.PortraitException
import org.tfportrait.core.Segmenter
import org.tfportrait.core.SelfTest
import org.tfportrait.core.Smoother
import org.tfportrait.core.resized
import java.io.IOException

/** What the worker tells; called on the worker's thread. */
interface WorkerListener {
    fun onPicture(picture: Picture)

    /** Numbers and facts, several times a second. */
    fun onOverlay(text: String)

    /** A sentence for the user; null takes it away. */
    fun onMessage(text: String?)

    fun onStill(ready: Boolean)
}

/**
 * The one thread that creates, runs and closes the engine, takes the camera's frames and composes pictures.
 *
 * Its public functions may be called on any thread; they only post, so nothing here is locked.
 */
class Worker(
    private val context: Context,
    private val models: Models,
    turnOfDisplay: () -> Int,
    private val listener: WorkerListener,
) {
    private val thread = HandlerThread("worker").apply { start() }
    private val handler = Handler(thread.looper)
    private val photos = Photos(context.contentResolver)
    private val camera = CameraFeed(context, handler, turnOfDisplay, ::onFrame, ::onCamera, ::onCameraProblem)
    private val rate = FrameRate()
    private var opened: OpenedModel? = null
    private var settings: EngineSettings? = null
    private var pipeline: LivePipeline? = null
    private var smoothing = true
    private var effect: Effect = Effect.Blur(20)
    private var still: Picture? = null
    private var result: Picture? = null
    private var engineProblem: String? = null // these two stay on the screen until they are mended
    private var cameraProblem: String? = null

    /** Opens another engine, unless it is the one that runs. */
    fun configure(settings: EngineSettings) = post {
        if (settings != this.settings || opened == null) {
            this.settings = settings
            open()
        }
    }

    fun show(effect: Effect) = post {
        this.effect = effect
        if (still != null) compose()
    }

    fun smooth(on: Boolean) = post {
        smoothing = on
        makePipeline()
    }

    fun startCamera(front: Boolean) = post {
        if (opened == null && settings != null) open() // closed for want of memory
        camera.start(front)
    }

    fun stopCamera() = post { camera.stop() }

    /** Says so until a camera starts. */
    fun cameraRefused() = post {
        cameraProblem = context.getString(R.string.no_permission)
        tell()
    }

    /** Stops the live picture and shows a photo at its full size; null goes back. */
    fun still(uri: Uri?) = post {
        still = null
        result = null
        if (uri != null) {
            camera.stop()
            cameraProblem = null
            tell()
            read(uri)?.let { still = it }
            compose()
        }
        listener.onStill(result != null)
    }

    fun background(uri: Uri) = post {
        read(uri, LARGEST_BACKGROUND)?.let {
            effect = Effect.Background(it)
            tell()
            if (still != null) compose()
        }
    }

    fun save(uri: Uri) = post {
        val picture = result ?: return@post
        try {
            photos.write(uri, picture)
            tell(context.getString(R.string.saved, picture.width, picture.height))
        } catch (problem: IOException) {
            tell(context.getString(R.string.not_saved, problem.message))
        }
    }

    fun selfTest() = post {
        val (opened, settings) = (opened ?: return@post) to (settings ?: return@post)
        val export = models.export(settings.model)
        val golden = export.golden(opened.candidate.file)
        tell(
            if (golden == null) context.getString(R.string.no_golden)
            else SelfTest.run(opened.engine, golden, export.contract, opened.candidate.gpu, SELF_TEST_RUNS).toString(),
        )
    }

    /** Gives back what can be made again, while nobody looks. */
    fun trim() = post {
        camera.stop()
        closeEngine()
    }

    /** Ends the thread, once it has closed the camera and the engine. */
    fun close() {
        post {
            camera.stop()
            closeEngine()
        }
        thread.quitSafely()
    }

    private fun post(action: () -> Unit) {
        handler.post {
            try {
                action()
            } catch (problem: PortraitException) {
                tell(problem.message)
            } catch (problem: OutOfMemoryError) {
                still = null
                result = null
                tell(context.getString(R.string.out_of_memory))
            }
        }
    }

    private fun open() {
        closeEngine()
        engineProblem = null
        try {
            opened = models.open(settings ?: return)
        } catch (problem: PortraitException) {
            engineProblem = problem.message
        }
        tell()
        makePipeline()
        overlay()
        if (still != null) compose()
    }

    private fun closeEngine() {
        pipeline = null
        opened?.engine?.close()
        opened = null
    }

    private fun makePipeline() {
        val ratio = models.export((settings ?: return).model).contract.smoothing
        pipeline = LivePipeline(segmenter() ?: return, if (smoothing) Smoother(ratio) else null)
    }

    private fun segmenter(): Segmenter? {
        val engine = opened?.engine ?: return null
        return Segmenter(engine, models.export(settings!!.model).contract.fit)
    }

    private fun onFrame(frame: Frame) {
        val picture = pipeline?.process(frame, effect) ?: return
        listener.onPicture(picture)
        if (rate.count(System.nanoTime())) overlay()
    }

    private fun overlay() {
        val opened = opened ?: return
        val pipeline = pipeline ?: return
        listener.onOverlay(
            listOf(numbers(pipeline), opened.describe(), camera.facts).filter { it.isNotEmpty() }.joinToString("\n"),
        )
    }

    private fun numbers(pipeline: LivePipeline): String {
        val (model, total) = pipeline.modelLatency to pipeline.totalLatency
        if (total.milliseconds(50) == 0.0) return "" // no frame yet
        return "model %.1f ms, all %.1f ms (nine of ten: %.1f), %.1f frames/s".format(
            java.util.Locale.ROOT, model.milliseconds(50), total.milliseconds(50), total.milliseconds(90), rate.perSecond,
        )
    }

    private fun read(uri: Uri, longest: Int = Int.MAX_VALUE): Picture? = try {
        photos.read(uri, longest)
    } catch (problem: IOException) {
        tell(context.getString(R.string.unreadable, problem.message))
        null
    } catch (problem: SecurityException) {
        tell(context.getString(R.string.unreadable, problem.message))
        null
    }

    private fun compose() {
        val photo = still ?: return
        val segmenter = segmenter() ?: return
        val picture = Picture(photo.width, photo.height, photo.pixels.copyOf())
        segmenter.segment(picture)
        EffectPainter(picture.width, picture.height).paint(effect, picture, segmenter.alpha())
        result = picture
        val scale = LARGEST_SHOWN / maxOf(picture.width, picture.height).toFloat()
        val small = if (scale < 1) picture.resized((picture.width * scale).toInt(), (picture.height * scale).toInt()) else picture
        listener.onPicture(small)
    }

    private fun onCamera() {
        pipeline?.restart()
        cameraProblem = null
        tell()
    }

    private fun onCameraProblem(problem: CameraProblem, text: String) {
        cameraProblem = when (problem) {
            CameraProblem.NONE_THERE -> context.getString(R.string.no_camera)
            CameraProblem.TAKEN -> context.getString(R.string.camera_taken)
            CameraProblem.FAILED -> context.getString(R.string.camera_failed, text)
        }
        tell()
    }

    /** What is wrong, and a [note] on what has just been asked for. */
    private fun tell(note: String? = null) {
        val sentences = models.problems + listOfNotNull(engineProblem, cameraProblem, note)
        listener.onMessage(sentences.joinToString("\n").ifEmpty { null })
    }

    private companion object {
        const val LARGEST_BACKGROUND = 1920
        const val LARGEST_SHOWN = 2048
        const val SELF_TEST_RUNS = 20
    }
}

/** Frames per second over about half a second. */
private class FrameRate {
    var perSecond = 0.0
        private set
    private var since = 0L
    private var frames = 0

    /** Whether a new figure is there. */
    fun count(now: Long): Boolean {
        frames++
        if (now - since < HALF_A_SECOND) return false
        perSecond = if (since == 0L) 0.0 else frames * 1e9 / (now - since)
        since = now
        frames = 0
        return true
    }

    private companion object {
        const val HALF_A_SECOND = 500_000_000L
    }
}
