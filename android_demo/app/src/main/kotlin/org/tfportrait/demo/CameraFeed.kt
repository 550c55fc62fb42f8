package org.tfportrait.demo

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.util.Size
import org.tfportrait.core.Frame
import org.tfportrait.core.Plane
import org.tfportrait.core.uprightTurn

/** Why there are no frames. */
enum class CameraProblem { NONE_THERE, TAKEN, FAILED }

/**
 * Camera2 frames, the newest one only. Everything happens on the thread of [handler], start() and stop() too.
 *
 * [turnOfDisplay]: degrees by which the display is turned now. [frame] may use its planes during the call only.
 */
class CameraFeed(
    context: Context,
    private val handler: Handler,
    private val turnOfDisplay: () -> Int,
    private val frame: (Frame) -> Unit,
    private val opened: () -> Unit,
    private val failed: (CameraProblem, String) -> Unit,
) {
    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private var device: CameraDevice? = null
    private var reader: ImageReader? = null
    private var generation = 0 // callbacks of an earlier start() are not listened to
    private var wanted: String? = null
    private var lastTurn = 0

    private val comesBack = object : CameraManager.AvailabilityCallback() {
        override fun onCameraAvailable(id: String) {
            if (id == wanted && device == null) open(id)
        }
    }

    /** What the last frame was like, for the overlay. */
    var facts = ""
        private set

    fun start(front: Boolean) {
        stop()
        facts = ""
        try {
            val id = choose(front) ?: return failed(CameraProblem.NONE_THERE, "")
            wanted = id
            open(id)
        } catch (problem: CameraAccessException) {
            failed(CameraProblem.FAILED, problem.message.orEmpty())
        }
    }

    fun stop() {
        generation++
        wanted = null
        manager.unregisterAvailabilityCallback(comesBack)
        closeDevice()
    }

    private fun closeDevice() {
        device?.close()
        device = null
        reader?.close()
        reader = null
    }

    @SuppressLint("MissingPermission") // asked for by the activity; without it openCamera throws, which is handled
    private fun open(id: String) {
        val generation = ++generation
        try {
            val traits = manager.getCameraCharacteristics(id)
            val size = sizeOf(traits) ?: return failed(CameraProblem.FAILED, "no YUV frames")
            val reader = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, 2)
            closeDevice()
            this.reader = reader
            reader.setOnImageAvailableListener({ deliver(it, traits) }, handler)
            manager.openCamera(id, StateCallback(generation, reader), handler)
        } catch (problem: CameraAccessException) {
            refused(problem)
        } catch (problem: SecurityException) {
            failed(CameraProblem.FAILED, problem.message.orEmpty())
        } catch (problem: IllegalArgumentException) { // the camera went away between the list and now
            failed(CameraProblem.FAILED, problem.message.orEmpty())
        }
    }

    private fun refused(problem: CameraAccessException) {
        val taken = problem.reason == CameraAccessException.CAMERA_IN_USE ||
            problem.reason == CameraAccessException.MAX_CAMERAS_IN_USE
        if (taken) waitForCamera() else failed(CameraProblem.FAILED, problem.message.orEmpty())
    }

    private fun waitForCamera() {
        closeDevice()
        failed(CameraProblem.TAKEN, "")
        manager.registerAvailabilityCallback(comesBack, handler)
    }

    private inner class StateCallback(private val mine: Int, private val reader: ImageReader) : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            if (mine != generation) return camera.close()
            device = camera
            manager.unregisterAvailabilityCallback(comesBack)
            opened()
            try {
                session(camera)
            } catch (problem: CameraAccessException) {
                failed(CameraProblem.FAILED, problem.message.orEmpty())
            } catch (_: IllegalStateException) { // closed meanwhile: somebody else has it
                if (mine == generation) waitForCamera()
            }
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            if (mine == generation) waitForCamera()
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            if (mine != generation) return
            if (error == ERROR_CAMERA_IN_USE || error == ERROR_MAX_CAMERAS_IN_USE) waitForCamera()
            else failed(CameraProblem.FAILED, "error $error")
        }

        @Suppress("DEPRECATION") // the form with SessionConfiguration needs API 28
        private fun session(camera: CameraDevice) {
            val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
            request.addTarget(reader.surface)
            request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_VIDEO)
            val callback = object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    if (mine != generation || device == null) return
                    try {
                        session.setRepeatingRequest(request.build(), null, handler)
                    } catch (problem: CameraAccessException) {
                        failed(CameraProblem.FAILED, problem.message.orEmpty())
                    } catch (_: IllegalStateException) { // closed meanwhile: somebody else has it
                        if (mine == generation) waitForCamera()
                    }
                }

                override fun onConfigureFailed(session: CameraCaptureSession) =
                    failed(CameraProblem.FAILED, "no session")
            }
            camera.createCaptureSession(listOf(reader.surface), callback, handler)
        }
    }

    private fun deliver(source: ImageReader, traits: CameraCharacteristics) {
        if (source !== reader) return
        source.acquireLatestImage()?.use { image -> frame(frameOf(image, traits)) }
    }

    private fun frameOf(image: Image, traits: CameraCharacteristics): Frame {
        val front = traits.get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_FRONT
        val sensor = traits.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0
        val turn = uprightTurn(sensor, turnOfDisplay(), front)
        val (y, u, v) = image.planes.map { Plane(it.buffer, it.rowStride, it.pixelStride) }
        if (facts.isEmpty() || turn != lastTurn) facts = "${image.width} x ${image.height}, strides ${y.rowStride} ${u.rowStride}/${u.pixelStride}, " +
            "sensor $sensor, display ${turnOfDisplay()}, turned $turn${if (front) ", mirrored" else ""}"
        lastTurn = turn
        return Frame(image.width, image.height, y, u, v, turn, mirror = front, image.timestamp)
    }

    private fun choose(front: Boolean): String? {
        val facing = if (front) CameraCharacteristics.LENS_FACING_FRONT else CameraCharacteristics.LENS_FACING_BACK
        val all = manager.cameraIdList
        return all.firstOrNull { manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == facing }
            ?: all.firstOrNull()
    }

    private fun sizeOf(traits: CameraCharacteristics): Size? =
        traits.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)?.getOutputSizes(ImageFormat.YUV_420_888)
            ?.minByOrNull { Math.abs(it.width * it.height - PIXELS) }

    private companion object {
        const val PIXELS = 640 * 480 // enough for a network of 224, and little for everything else
    }
}
