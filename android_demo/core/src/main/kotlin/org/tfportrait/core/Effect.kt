package org.tfportrait.core

/** What is shown instead of the background. */
sealed class Effect {
    object None : Effect()

    /** [strength] 1..100: the blur's radius in thousandths of the picture's longer side. */
    class Blur(val strength: Int) : Effect()

    class Color(val color: Int) : Effect()

    class Background(val picture: Picture) : Effect()

    /** The mask itself, in gray. */
    object Mask : Effect()
}

/** Applies effects to pictures of one size; keeps what they need. One thread. */
class EffectPainter(val width: Int, val height: Int) {
    private val compositor = Compositor(width, height)
    private var background: Picture? = null
    private var scene: Picture? = null // the background, scaled and cropped

    /** In place. */
    fun paint(effect: Effect, photo: Picture, alpha: FloatArray) {
        when (effect) {
            is Effect.None -> Unit
            is Effect.Blur -> compositor.blur(photo, alpha, radius(effect), photo)
            is Effect.Color -> compositor.color(photo, alpha, effect.color, photo)
            is Effect.Background -> compositor.replace(photo, alpha, sceneOf(effect.picture), photo)
            is Effect.Mask -> compositor.mask(alpha, photo)
        }
    }

    private fun radius(effect: Effect.Blur) = maxOf(width, height) * effect.strength / 1000f

    private fun sceneOf(picture: Picture): Picture {
        val present = scene
        if (present != null && background === picture) return present
        background = picture
        return cover(picture, width, height).also { scene = it }
    }
}
