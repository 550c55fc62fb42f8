package org.tfportrait.demo

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.ImageFormat
import android.graphics.Matrix
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.net.Uri
import android.os.Looper
import android.util.Size
import android.view.View
import android.widget.Button
import android.widget.Spinner
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.StreamConfigurationMapBuilder
import org.tfportrait.core.Picture
import org.tfportrait.core.Processor
import org.tfportrait.core.Vectors
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.file.Files

/** The activity in Robolectric, with the APK's resources, assets and x86_64 library. build.sh prepares it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], qualifiers = "w411dp-h731dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class MainActivityTest {
    private val pictures = System.getProperty("pictures")
    private val application get() = RuntimeEnvironment.getApplication()

    @Before
    fun theApkIsHere() = assumeTrue("build.sh prepares the APK and the library", pictures != null)

    private fun launch(camera: Boolean = true): ActivityController<MainActivity> {
        if (camera) shadowOf(application).grantPermissions(Manifest.permission.CAMERA)
        else shadowOf(application).denyPermissions(Manifest.permission.CAMERA)
        return Robolectric.buildActivity(MainActivity::class.java).setup()
    }

    private fun ActivityController<MainActivity>.text(id: Int) = get().findViewById<TextView>(id).text.toString()

    /** Lets worker and main thread work until [done], for ten seconds at most. */
    private fun ActivityController<MainActivity>.until(what: String, done: () -> Boolean) {
        val end = System.nanoTime() + 20_000_000_000
        while (!done()) {
            assertTrue("$what; overlay: ${text(R.id.overlay)}; message: ${text(R.id.message)}", System.nanoTime() < end)
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(20)
        }
    }

    /** Taps a button that asks another app for a file, and answers with [uri]. */
    private fun ActivityController<MainActivity>.pick(button: Int, action: String, uri: Uri) {
        get().findViewById<Button>(button).performClick()
        val request = shadowOf(get()).nextStartedActivity
        assertEquals(action, request.action)
        shadowOf(get()).receiveResult(request, Activity.RESULT_OK, Intent().setData(uri))
    }

    private fun ActivityController<MainActivity>.end() {
        pause().stop().destroy()
        shadowOf(Looper.getMainLooper()).idle()
    }

    @Test
    fun aRefusedPermissionIsSaidAndPhotosStillWork() {
        val activity = launch(camera = false)
        val asked = shadowOf(activity.get()).lastRequestedPermission
        assertEquals(Manifest.permission.CAMERA, asked.requestedPermissions.single())
        activity.get().onRequestPermissionsResult(
            asked.requestCode, asked.requestedPermissions, intArrayOf(PackageManager.PERMISSION_DENIED),
        )
        activity.until("told") { "not allowed" in activity.text(R.id.message) }
        activity.get().findViewById<View>(R.id.message).performClick()
        assertEquals("android.settings.APPLICATION_DETAILS_SETTINGS", shadowOf(activity.get()).nextStartedActivity.action)
        activity.pause().resume() // asking again and again would be a trap
        activity.end()
    }

    @Test
    fun everyOrderOfTheLifeCycleIsSurvived() {
        val moves = mapOf<String, (ActivityController<MainActivity>) -> Unit>(
            "pause resume" to { it.pause().resume() },
            "stop restart" to { it.pause().stop().restart().start().resume() },
            "trim" to { it.pause().stop(); it.get().onTrimMemory(80); it.restart().start().resume() },
            "rotate" to { it.configurationChange(Configuration(it.get().resources.configuration).apply { orientation = Configuration.ORIENTATION_LANDSCAPE }) },
            "recreate" to { it.recreate() },
            "split" to { it.get().onMultiWindowModeChanged(true, it.get().resources.configuration) },
        )
        for (first in moves.values) for (second in moves.values) {
            val activity = launch()
            first(activity)
            second(activity)
            activity.end()
        }
    }

    @Test
    fun withoutACameraTheAppSaysSo() {
        val activity = launch()
        activity.until("told") { "no camera" in activity.text(R.id.message) }
        activity.end()
    }

    @Test
    fun aCameraThatAnotherAppTakesIsSaidAndComesBack() {
        val traits = ShadowCameraCharacteristics.newCameraCharacteristics()
        val sizes = StreamConfigurationMapBuilder.newBuilder()
        listOf(Size(1920, 1080), Size(640, 480), Size(176, 144)).forEach { sizes.addOutputSize(ImageFormat.YUV_420_888, it) }
        shadowOf(traits).set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_FRONT)
        shadowOf(traits).set(CameraCharacteristics.SENSOR_ORIENTATION, 270)
        shadowOf(traits).set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, sizes.build())
        val cameras = shadowOf(application.getSystemService(CameraManager::class.java))
        cameras.addCamera("0", traits)
        val activity = launch()
        activity.until("engine") { activity.text(R.id.overlay).isNotEmpty() && activity.text(R.id.message).isEmpty() }
        activity.until("told") {
            cameras.triggerDisconnect() // again and again, since nothing tells a test that the camera is open
            "Another app uses the camera" in activity.text(R.id.message)
        }
        activity.until("back") { // again and again, since the last of the disconnections may still be on its way
            cameras.removeCamera("0")
            cameras.addCamera("0", traits)
            activity.text(R.id.message).isEmpty()
        }
        activity.end()
    }

    @Test
    fun theSelfTestPassesOnTheAssetsOfTheApk() {
        val activity = launch()
        activity.until("engine") { "XNNPACK has the graph" in activity.text(R.id.overlay) }
        assertTrue("the GPU's failure is shown", "on GPU: UnsatisfiedLinkError" in activity.text(R.id.overlay))
        activity.get().findViewById<Button>(R.id.test).performClick()
        activity.until("result") { "passed: bit for bit equal to Python" in activity.text(R.id.message) }
        screenshot(activity, "self_test")
        activity.end()
    }

    @Test
    fun everyModelOfTheAssetsCanBeChosen() {
        val activity = launch()
        activity.get().findViewById<Spinner>(R.id.processor).setSelection(1)
        val models = activity.get().findViewById<Spinner>(R.id.model)
        assertTrue("${models.count} choices", models.count >= 4)
        val files = (0 until models.count).filter { models.getItemAtPosition(it).toString().endsWith(".tflite") }
        for (position in files) {
            models.setSelection(position)
            activity.until("model $position") { "${models.getItemAtPosition(position)} on CPU" in activity.text(R.id.overlay) }
        }
        activity.end()
    }

    @Test
    fun aPhotoIsComposedShownAndSavedAtItsFullSize() {
        val activity = launch()
        val photo = File(System.getProperty("reference"), "photo.png").readBytes()
        val uri = Uri.parse("content://gallery/photo.png")
        shadowOf(application.contentResolver).registerInputStreamSupplier(uri) { ByteArrayInputStream(photo) }
        activity.pick(R.id.still, Intent.ACTION_GET_CONTENT, uri)
        activity.until("shown") { activity.get().findViewById<View>(R.id.save).visibility == View.VISIBLE }
        screenshot(activity, "still")
        val place = Uri.parse("content://documents/portrait.jpg")
        val written = ByteArrayOutputStream()
        shadowOf(application.contentResolver).registerOutputStream(place, written)
        activity.pick(R.id.save, Intent.ACTION_CREATE_DOCUMENT, place)
        activity.until("saved") { "Saved, 400 x 512" in activity.text(R.id.message) }
        val saved = android.graphics.BitmapFactory.decodeByteArray(written.toByteArray(), 0, written.size())
        assertEquals(400 to 512, saved.width to saved.height)
        activity.end()
    }

    @Test
    fun anUnreadablePhotoIsASentence() {
        val activity = launch()
        activity.until("engine") { activity.text(R.id.overlay).isNotEmpty() }
        val uri = Uri.parse("content://gallery/broken.jpg")
        shadowOf(application.contentResolver).registerInputStreamSupplier(uri) { ByteArrayInputStream("no picture".toByteArray()) }
        activity.pick(R.id.still, Intent.ACTION_GET_CONTENT, uri)
        activity.until("told") { "cannot be read" in activity.text(R.id.message) }
        activity.end()
    }

    @Test
    fun aDamagedModelStaysOnTheScreenAsASentenceAndTheOthersRun() {
        val root = Files.createTempDirectory("assets").toFile()
        File(Vectors.folder, "model").copyRecursively(File(root, "models/tiny"))
        File(root, "models/broken").mkdirs()
        File(root, "models/broken/model_contract.json").writeText("{}")
        val file = File(root, "models/tiny/tiny_int8.tflite")
        file.writeBytes(file.readBytes().also { it[it.size / 2]++ })
        val told = mutableListOf<String?>()
        val overlays = mutableListOf<String>()
        val listener = object : WorkerListener {
            override fun onPicture(picture: Picture) = Unit
            override fun onOverlay(text: String) { synchronized(overlays) { overlays += text } }
            override fun onMessage(text: String?) { synchronized(told) { told += text } }
            override fun onStill(ready: Boolean) = Unit
        }
        val worker = Worker(application, Models(FolderFiles(root)), { 0 }, listener)
        worker.configure(EngineSettings(ModelChoice("models/tiny", "tiny_int8.tflite"), Processor.CPU, 1))
        worker.startCamera(true)
        worker.configure(EngineSettings(ModelChoice("models/tiny", "tiny_float32.tflite"), Processor.CPU, 1))
        worker.close()
        val end = System.nanoTime() + 20_000_000_000
        while (synchronized(overlays) { overlays.isEmpty() } && System.nanoTime() < end) Thread.sleep(20)
        assertTrue("$overlays", "tiny_float32.tflite on CPU" in overlays.single())
        val sentence = "models/tiny/tiny_int8.tflite: damaged or from another export"
        assertTrue("$told", told.filterNotNull().any { sentence in it && "no camera" in it })
        assertTrue("$told", told.filterNotNull().all { "models/broken/model_contract.json: damaged or no contract" in it })
        assertTrue("$told", sentence !in told.last()!!)
        root.deleteRecursively()
    }

    @Test
    fun theEightExifOrientationsAreTurnedUpright() {
        // The letter F in 2 x 3 pixels as each orientation stores it; upright it is always the same.
        val upright = listOf(listOf(1, 2), listOf(3, 4), listOf(5, 6))
        val stored = mapOf(
            1 to upright,
            2 to upright.map { it.reversed() },
            3 to upright.reversed().map { it.reversed() },
            4 to upright.reversed(),
            5 to listOf(listOf(1, 3, 5), listOf(2, 4, 6)),
            6 to listOf(listOf(2, 4, 6), listOf(1, 3, 5)),
            7 to listOf(listOf(6, 4, 2), listOf(5, 3, 1)),
            8 to listOf(listOf(5, 3, 1), listOf(6, 4, 2)),
        )
        for ((orientation, rows) in stored) {
            val bitmap = Bitmap.createBitmap(rows[0].size, rows.size, Bitmap.Config.ARGB_8888)
            rows.forEachIndexed { y, row -> row.forEachIndexed { x, value -> bitmap.setPixel(x, y, 0xff000000.toInt() or value * 20) } }
            val matrix: Matrix = Photos.uprightMatrix(orientation)
            val turned = Bitmap.createBitmap(bitmap, 0, 0, bitmap.width, bitmap.height, matrix, false)
            val found = (0 until turned.height).map { y -> (0 until turned.width).map { x -> (turned.getPixel(x, y) and 0xff) / 20 } }
            assertEquals("orientation $orientation", upright, found)
        }
    }

    private fun screenshot(activity: ActivityController<MainActivity>, name: String) {
        shadowOf(Looper.getMainLooper()).idle()
        val root = activity.get().window.decorView
        val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
        root.draw(Canvas(bitmap))
        File(pictures, "$name.png").outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }
}
