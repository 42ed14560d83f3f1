dmesg | tail -5; cat /proc/uptime
