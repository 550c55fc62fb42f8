package org.tfportrait.demo

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Rect
import android.util.AttributeSet
import android.view.View
import org.tfportrait.core.Picture

/**
 * Shows pictures, as large as they fit without distortion.
 *
 * A plain view, not a SurfaceView: there is no surface to come and go under the worker's hands, and one small bitmap a
 * frame is no load. Two bitmaps take turns, one to write and one to draw.
 */
class PictureView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var shown: Bitmap? = null
    private var spare: Bitmap? = null
    private val target = Rect()
    private val paint = Paint(Paint.FILTER_BITMAP_FLAG)

    /** Takes a copy; may be called on any thread. */
    @Synchronized
    fun show(picture: Picture) {
        val bitmap = spare?.takeIf { it.width == picture.width && it.height == picture.height }
            ?: Bitmap.createBitmap(picture.width, picture.height, Bitmap.Config.ARGB_8888)
        bitmap.setPixels(picture.pixels, 0, picture.width, 0, 0, picture.width, picture.height)
        spare = shown
        shown = bitmap
        postInvalidate()
    }

    /** Forgets the picture. */
    @Synchronized
    fun clear() {
        shown = null
        spare = null
        postInvalidate()
    }

    @Synchronized
    override fun onDraw(canvas: Canvas) {
        val bitmap = shown ?: return
        val scale = minOf(width / bitmap.width.toFloat(), height / bitmap.height.toFloat())
        val left = ((width - bitmap.width * scale) / 2).toInt()
        val top = ((height - bitmap.height * scale) / 2).toInt()
        target.set(left, top, width - left, height - top)
        canvas.drawBitmap(bitmap, null, target, paint)
    }
}
