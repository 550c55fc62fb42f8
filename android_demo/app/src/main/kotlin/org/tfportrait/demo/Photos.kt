package org.tfportrait.demo

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ImageDecoder
import android.graphics.Matrix
import android.media.ExifInterface
import android.net.Uri
import android.os.Build
import org.tfportrait.core.Picture
import java.io.IOException

/** Photos from the gallery, upright whatever their EXIF orientation, and back to a file at full size. */
class Photos(private val resolver: ContentResolver) {
    /** [longest]: of a side; a larger picture is scaled down. Throws IOException if it cannot be read. */
    fun read(uri: Uri, longest: Int = Int.MAX_VALUE): Picture {
        val decoded = if (Build.VERSION.SDK_INT >= 28) decode(uri) else decodeBefore28(uri)
        val scale = minOf(1f, longest / maxOf(decoded.width, decoded.height).toFloat())
        val width = maxOf(1, Math.round(decoded.width * scale))
        val height = maxOf(1, Math.round(decoded.height * scale))
        val bitmap = if (scale < 1) Bitmap.createScaledBitmap(decoded, width, height, true) else decoded
        val picture = Picture(bitmap.width, bitmap.height)
        bitmap.getPixels(picture.pixels, 0, picture.width, 0, 0, picture.width, picture.height)
        return picture
    }

    /** Throws IOException if it cannot be written. */
    fun write(uri: Uri, picture: Picture) {
        val bitmap = Bitmap.createBitmap(picture.pixels, picture.width, picture.height, Bitmap.Config.ARGB_8888)
        val stream = resolver.openOutputStream(uri) ?: throw IOException("no such place")
        stream.use { if (!bitmap.compress(Bitmap.CompressFormat.JPEG, QUALITY, it)) throw IOException("disk full?") }
    }

    private fun decode(uri: Uri): Bitmap =
        ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, _, _ ->
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE // pixels of a hardware bitmap cannot be read
        }

    /** BitmapFactory does not look at the orientation. */
    private fun decodeBefore28(uri: Uri): Bitmap {
        val bitmap = open(uri).use { BitmapFactory.decodeStream(it) } ?: throw IOException("not a picture")
        val orientation = open(uri).use {
            ExifInterface(it).getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL)
        }
        val matrix = uprightMatrix(orientation)
        return if (matrix.isIdentity) bitmap else Bitmap.createBitmap(bitmap, 0, 0, bitmap.width, bitmap.height, matrix, true)
    }

    private fun open(uri: Uri) = resolver.openInputStream(uri) ?: throw IOException("no such picture")

    companion object {
        private const val QUALITY = 95

        /** Turns and mirrors a picture of this EXIF orientation (1 to 8) upright. */
        fun uprightMatrix(orientation: Int): Matrix = Matrix().apply {
            when (orientation) {
                ExifInterface.ORIENTATION_FLIP_HORIZONTAL -> postScale(-1f, 1f)
                ExifInterface.ORIENTATION_ROTATE_180 -> postRotate(180f)
                ExifInterface.ORIENTATION_FLIP_VERTICAL -> postScale(1f, -1f)
                ExifInterface.ORIENTATION_TRANSPOSE -> { postRotate(90f); postScale(-1f, 1f) }
                ExifInterface.ORIENTATION_ROTATE_90 -> postRotate(90f)
                ExifInterface.ORIENTATION_TRANSVERSE -> { postRotate(-90f); postScale(-1f, 1f) }
                ExifInterface.ORIENTATION_ROTATE_270 -> postRotate(-90f)
            }
        }
    }
}
