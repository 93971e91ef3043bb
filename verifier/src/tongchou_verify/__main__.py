from tongchou_verify.command import main

raise SystemExit(main())
