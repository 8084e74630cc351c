"""``python -m autograd`` opens the shell."""

import sys

from .repl import main

sys.exit(main())
