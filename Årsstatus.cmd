@rem The same as aarsstatus.cmd, for those who look for the name of the notat.
@call "%~dp0aarsstatus.cmd" %*
