"""The socket: the protocol of the Centrifuge SDKs, its transports, and the hub that they lead to."""
