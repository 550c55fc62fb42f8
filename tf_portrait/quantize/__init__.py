"""What needs tf_keras, which is all that tensorflow-model-optimization works on; nothing else imports it."""
