package org.tfportrait.demo

import android.content.res.AssetManager
import org.tfportrait.core.Files
import java.io.FileInputStream
import java.io.FileNotFoundException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel

/** The app's assets. What lies uncompressed in the APK, as models do, is mapped and not copied. */
class AssetFiles(private val assets: AssetManager) : Files {
    override fun list(folder: String): List<String> =
        assets.list(folder).orEmpty().map { it.substringBefore('/') }.distinct() // Robolectric gives whole paths

    override fun read(path: String): ByteBuffer = try {
        assets.openFd(path).use { file ->
            FileInputStream(file.fileDescriptor).use {
                it.channel.map(FileChannel.MapMode.READ_ONLY, file.startOffset, file.declaredLength)
            }
        }
    } catch (compressed: FileNotFoundException) { // or missing; then open() says so
        assets.open(path).use { stream -> direct(stream.readBytes()) }
    }

    private fun direct(bytes: ByteArray): ByteBuffer =
        ByteBuffer.allocateDirect(bytes.size).put(bytes).apply { position(0) }
}
