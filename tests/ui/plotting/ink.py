"""What a painter leaves on paper."""

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter


def ink(ratio, draw):
    """How dark each pixel is, 0 to 1, after `draw(painter)` on a picture of 120 x 80 logical pixels."""
    image = QImage(round(120 * ratio), round(80 * ratio), QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return 1.0 - rows[:, : image.width()] / 255.0
