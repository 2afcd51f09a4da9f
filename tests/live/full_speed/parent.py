"""A program that runs a race at full speed until it is ended; for a test that ends it. Prints its child's number."""

from __future__ import annotations

import sys
import time


def main():
    from PySide6.QtCore import QCoreApplication

    from tests.live.full_speed.drive import Driver, example

    application = QCoreApplication(sys.argv)
    driver = Driver(example(sys.argv[1]))
    driver.send_away()
    print(driver.worker.child_pid, flush=True)
    while application is not None:
        driver.frame()
        time.sleep(0.004)


if __name__ == "__main__":
    main()
