@echo off
rem Runs FerMl from a clone: builds it where it is not built yet or its sources are newer, then starts it with the same arguments.
setlocal
set "FER_TOP=%~dp0"
set "FER_PROGRAM=%FER_TOP%Fer.Pipeline\bin\fer\fer.dll"
set "FER_STAMP=%FER_TOP%Fer.Pipeline\bin\fer\built"
set "FER_COMMAND=%~n0"
where dotnet >nul 2>nul || (echo FerMl needs the .NET 10 SDK ^(https://dotnet.microsoft.com/download^): there is no dotnet on the path. 1>&2 & exit /b 1)
set "FER_CURRENT="
if exist "%FER_PROGRAM%" if exist "%FER_STAMP%" (
  powershell -NoProfile -Command "$t = (Get-Item $env:FER_STAMP).LastWriteTimeUtc; $f = Get-ChildItem ($env:FER_TOP + 'Fer.Pipeline'), ($env:FER_TOP + 'Directory.*.props'), ($env:FER_TOP + 'global.json') -Recurse -File | Where-Object { $_.LastWriteTimeUtc -gt $t -and $_.FullName -notmatch '\\(bin|obj)\\' } | Select-Object -First 1; if ($f) { exit 1 }" && set "FER_CURRENT=1"
)
if not defined FER_CURRENT (
  echo Building FerMl; this takes about a minute the first time. 1>&2
  if not exist "%FER_TOP%Fer.Pipeline\bin\fer" mkdir "%FER_TOP%Fer.Pipeline\bin\fer"
  type nul > "%FER_STAMP%.new"
  rem Compiled ahead, a command starts in four fifths of the time. Where the package that does it cannot be had, it is done without.
  dotnet publish "%FER_TOP%Fer.Pipeline\Fer.csproj" -c Release -o "%FER_TOP%Fer.Pipeline\bin\fer" -v quiet -nologo -p:PublishReadyToRun=true >nul 2>nul || dotnet publish "%FER_TOP%Fer.Pipeline\Fer.csproj" -c Release -o "%FER_TOP%Fer.Pipeline\bin\fer" -v quiet -nologo "-clp:ErrorsOnly;NoSummary" 1>&2 || (echo FerMl could not be built; see above. 1>&2 & exit /b 1)
  move /y "%FER_STAMP%.new" "%FER_STAMP%" >nul
)
dotnet "%FER_PROGRAM%" %*
exit /b %ERRORLEVEL%
