@echo off
rem Opens the menu with a double click, or runs one command: aarsstatus build 2026
rem The first time, and when requirements.lock is another one, it sets itself up. docs\vejledning.md, chapter 1.
setlocal
chcp 65001 >nul 2>nul
pushd "%~dp0."
rem The packages are each user's own, not the shared drive's; and not in AppData: what a Python from Microsoft
rem Store writes there is kept where no other program sees it.
set "OWN=%USERPROFILE%\.aarsstatus"
set "RUN=%OWN%\Scripts\python.exe"
set "PYTHONPATH=%CD%\src"
set "PYTHONSAFEPATH=1"
set "PIP_DISABLE_PIP_VERSION_CHECK=1"
set "SAME=import filecmp, sys; sys.exit(not filecmp.cmp(sys.argv[1], sys.argv[2], False))"
if not exist "%OWN%\requirements.lock" goto setup
"%RUN%" -c "%SAME%" requirements.lock "%OWN%\requirements.lock" >nul 2>nul
if "%ERRORLEVEL%"=="0" goto ready

:setup
set "PYTHON="
for %%p in ("py" "python" "py -3.13" "py -3.14" "py -3.12" "py -3.11") do if not defined PYTHON call :try %%~p
if not defined PYTHON goto missing
echo Gør programmet klar. Det tager et par minutter, og kun første gang. Luk ikke vinduet.
echo 1 af 2: laver mappen %OWN%
%PYTHON% -m venv --clear "%OWN%"
if not "%ERRORLEVEL%"=="0" goto failed
echo 2 af 2: henter det, som programmet er bygget af
"%RUN%" -m pip install --require-hashes --only-binary :all: -r requirements.lock
if not "%ERRORLEVEL%"=="0" goto failed
copy /y requirements.lock "%OWN%" >nul

:ready
if "%~1"=="" goto menu
"%RUN%" -m aarsstatus %*
goto end
:menu
"%RUN%" -m aarsstatus.cli.menu
if errorlevel 1 pause
:end
set "STATUS=%ERRORLEVEL%"
popd
exit /b %STATUS%

:try
set "FITS=import sys, sysconfig; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 15) and sysconfig.get_platform() == 'win-amd64'))"
%* -c "%FITS%" >nul 2>nul
if "%ERRORLEVEL%"=="0" set "PYTHON=%*"
exit /b 0

:missing
echo Årsstatus skal bruge Python 3.11 til 3.15 i 64-bit til Intel og AMD, og den blev ikke fundet på denne maskine.
echo Hent »Python 3.13« i Firmaportalen eller i Microsoft Store, eller bed IT om den, og prøv igen.
goto stop
:failed
echo Programmet kunne ikke gøres klar. Hvad der gik galt, står ovenfor. Luk andre vinduer med Årsstatus, og prøv igen.
echo Er der ikke forbindelse, så spørg IT, hvordan Python-pakker bliver hentet hos jer (proxy eller eget lager).
:stop
popd
pause
exit /b 2
