package org.tfportrait.demo

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Color
import android.hardware.display.DisplayManager
import android.net.Uri
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.provider.Settings
import android.view.Surface
import android.view.View
import android.view.WindowManager
import android.widget.AdapterView
import android.widget.ArrayAdapter
import android.widget.Button
import android.widget.CheckBox
import android.widget.SeekBar
import android.widget.Spinner
import android.widget.TextView
import org.tfportrait.core.Effect
import org.tfportrait.core.Picture
import org.tfportrait.core.Processor

/** Wires views to the worker; computes nothing. */
class MainActivity : Activity(), WorkerListener {
    private lateinit var models: Models
    private lateinit var worker: Worker
    private lateinit var pictureView: PictureView
    private lateinit var overlay: TextView
    private lateinit var message: TextView
    private val main = Handler(Looper.getMainLooper())
    private var front = true
    private var resumed = false
    private var showsStill = false
    private var asked = false // for the camera
    private var refused = false

    @Volatile
    private var turnOfDisplay = 0

    private val displays = object : DisplayManager.DisplayListener {
        override fun onDisplayAdded(id: Int) = Unit
        override fun onDisplayRemoved(id: Int) = Unit
        override fun onDisplayChanged(id: Int) = readDisplay() // half a turn is no change of configuration
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.main)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        pictureView = findViewById(R.id.picture)
        overlay = findViewById(R.id.overlay)
        message = findViewById(R.id.message)
        front = state?.getBoolean(FRONT) ?: true
        models = Models(AssetFiles(assets))
        worker = Worker(applicationContext, models, { turnOfDisplay }, this)
        getSystemService(DisplayManager::class.java).registerDisplayListener(displays, main)
        readDisplay()
        wireEffects()
        wireEngine()
        wireButtons()
        if (models.choices.isEmpty()) onMessage((models.problems + getString(R.string.no_models)).joinToString("\n"))
    }

    override fun onResume() {
        super.onResume()
        resumed = true
        if (checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED) {
            refused = false
            startCamera()
        } else if (!asked) {
            asked = true
            requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
        }
    }

    override fun onPause() {
        resumed = false
        worker.stopCamera()
        super.onPause()
    }

    override fun onDestroy() {
        getSystemService(DisplayManager::class.java).unregisterDisplayListener(displays)
        worker.close()
        main.removeCallbacksAndMessages(null)
        super.onDestroy()
    }

    override fun onTrimMemory(level: Int) {
        super.onTrimMemory(level)
        if (level >= TRIM_MEMORY_BACKGROUND && !resumed) worker.trim()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putBoolean(FRONT, front)
    }

    override fun onRequestPermissionsResult(code: Int, names: Array<String>, grants: IntArray) {
        if (code != CAMERA) return
        refused = grants.firstOrNull() != PackageManager.PERMISSION_GRANTED
        if (refused) worker.cameraRefused() else startCamera()
    }

    override fun onActivityResult(code: Int, result: Int, data: Intent?) {
        val uri = data?.data ?: return
        when (code) {
            STILL -> {
                showsStill = true
                worker.still(uri)
            }
            BACKGROUND -> worker.background(uri)
            SAVE -> worker.save(uri)
        }
    }

    override fun onPicture(picture: Picture) = pictureView.show(picture)

    override fun onOverlay(text: String) {
        main.post { overlay.text = text }
    }

    override fun onMessage(text: String?) {
        main.post {
            message.text = text.orEmpty()
            message.visibility = if (text == null) View.GONE else View.VISIBLE
            message.setOnClickListener { if (refused) openSettings() else onMessage(null) }
        }
    }

    private fun openSettings() {
        asked = false
        start(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)), NOTHING)
    }

    override fun onStill(ready: Boolean) {
        main.post {
            showsStill = ready
            findViewById<View>(R.id.save).visibility = if (ready) View.VISIBLE else View.GONE
            findViewById<View>(R.id.live).visibility = if (ready) View.VISIBLE else View.GONE
        }
    }

    private fun startCamera() {
        if (resumed && !showsStill && models.choices.isNotEmpty()) worker.startCamera(front)
    }

    private fun wireEffects() {
        val strength = findViewById<SeekBar>(R.id.strength)
        val effects = findViewById<Spinner>(R.id.effect)
        val show = {
            strength.visibility = if (effects.selectedItemPosition == BLUR) View.VISIBLE else View.INVISIBLE
            when (effects.selectedItemPosition) {
                0 -> worker.show(Effect.None)
                BLUR -> worker.show(Effect.Blur(strength.progress + 1))
                2 -> worker.show(Effect.Color(Color.rgb(40, 120, 90)))
                PICTURE -> onMessage(getString(R.string.pick_background))
                else -> worker.show(Effect.Mask)
            }
        }
        effects.setSelection(BLUR)
        effects.onItemSelectedListener = onSelected(show)
        strength.setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, value: Int, byUser: Boolean) = show()
            override fun onStartTrackingTouch(bar: SeekBar) = Unit
            override fun onStopTrackingTouch(bar: SeekBar) = Unit
        })
        findViewById<CheckBox>(R.id.smoothing).setOnCheckedChangeListener { _, on -> worker.smooth(on) }
    }

    private fun wireEngine() {
        val model = findViewById<Spinner>(R.id.model)
        val processor = findViewById<Spinner>(R.id.processor)
        val threads = findViewById<Spinner>(R.id.threads)
        fill(model, models.choices.map { it.file ?: getString(R.string.automatic, it.folder.substringAfterLast('/')) })
        fill(threads, THREADS.map { getString(R.string.threads, it) })
        val configure = {
            val choice = models.choices.getOrNull(model.selectedItemPosition)
            if (choice != null) {
                val kind = if (processor.selectedItemPosition == 0) Processor.GPU else Processor.CPU
                worker.configure(EngineSettings(choice, kind, THREADS[threads.selectedItemPosition]))
            }
        }
        for (spinner in listOf(model, processor, threads)) spinner.onItemSelectedListener = onSelected(configure)
        configure() // before the first frame, and without waiting for a layout to select something
    }

    private fun wireButtons() {
        findViewById<Button>(R.id.flip).setOnClickListener {
            front = !front
            pictureView.clear()
            startCamera()
        }
        findViewById<Button>(R.id.still).setOnClickListener { pick(STILL) }
        findViewById<Button>(R.id.background).setOnClickListener {
            findViewById<Spinner>(R.id.effect).setSelection(PICTURE)
            pick(BACKGROUND)
        }
        findViewById<Button>(R.id.test).setOnClickListener { worker.selfTest() }
        findViewById<Button>(R.id.save).setOnClickListener {
            val place = Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE)
            start(place.setType("image/jpeg").putExtra(Intent.EXTRA_TITLE, "portrait.jpg"), SAVE)
        }
        findViewById<Button>(R.id.live).setOnClickListener {
            showsStill = false
            worker.still(null)
            startCamera()
        }
    }

    private fun pick(code: Int) =
        start(Intent(Intent.ACTION_GET_CONTENT).addCategory(Intent.CATEGORY_OPENABLE).setType("image/*"), code)

    private fun start(intent: Intent, code: Int) = try {
        startActivityForResult(intent, code)
    } catch (problem: ActivityNotFoundException) {
        onMessage(getString(R.string.no_picker, intent.action))
    }

    private fun fill(spinner: Spinner, items: List<String>) {
        spinner.adapter = ArrayAdapter(this, android.R.layout.simple_spinner_dropdown_item, items)
    }

    private fun onSelected(action: () -> Unit) = object : AdapterView.OnItemSelectedListener {
        override fun onItemSelected(parent: AdapterView<*>, view: View?, position: Int, id: Long) = action()
        override fun onNothingSelected(parent: AdapterView<*>) = Unit
    }

    private fun readDisplay() {
        @Suppress("DEPRECATION") // Activity.getDisplay needs API 30
        turnOfDisplay = when (windowManager.defaultDisplay.rotation) {
            Surface.ROTATION_90 -> 90
            Surface.ROTATION_180 -> 180
            Surface.ROTATION_270 -> 270
            else -> 0
        }
    }

    private companion object {
        const val FRONT = "front"
        const val CAMERA = 1
        const val STILL = 2
        const val BACKGROUND = 3
        const val SAVE = 4
        const val NOTHING = 5
        const val BLUR = 1
        const val PICTURE = 3
        val THREADS = listOf(1, 2, 4)
    }
}
